//! The decision, as one table.

use simars_record::{AccessClass, Publication};

use crate::role::{Role, Roles};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Anyone at all, without being asked for a name.
    Anyone,
    /// Somebody who works here, or a program of theirs.
    Person(Grant),
    /// Whoever holds the data folder: the command line on the machine itself, or a client that
    /// shows the token kept in that folder.
    Owner,
}

/// What somebody who works here was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant {
    /// What they are there for.
    pub roles: Roles,
    /// The most closed class of records that they may see.
    pub clearance: AccessClass,
}

impl Grant {
    /// The role in which they may do this, the first of several; `None` if they may not, or only
    /// as anyone may.
    pub fn role_for(self, action: Action, standing: Standing) -> Option<Role> {
        let cleared = rank(standing.access) <= rank(self.clearance);
        let mut roles = self.roles.iter();
        roles.find(|role| cleared && role_may(*role, action, standing.publication))
    }
}

impl Who {
    /// Every kind of asker: anyone, each role with each clearance, the owner.
    pub fn all() -> impl Iterator<Item = Self> {
        let people = Role::ALL.into_iter().flat_map(|role| {
            let grant = move |clearance| Grant { roles: [role].into_iter().collect(), clearance };
            AccessClass::ALL.into_iter().map(move |clearance| Self::Person(grant(clearance)))
        });
        std::iter::once(Self::Anyone).chain(people).chain([Self::Owner])
    }
}

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Learn that it exists, and its description.
    Find,
    /// Read its bytes and its text.
    Read,
    /// Learn whether a digest the asker brought along is registered, and how it stands.
    Verify,
    /// Register it.
    File,
    /// See what in its description needs a person's eye.
    Review,
    /// Correct its description, put a new version in its place, have it read again.
    Describe,
    /// Put it before the public.
    Publish,
    /// Take it back from the public.
    Withdraw,
    /// Give it another access class.
    Classify,
    /// See who did what, when. Not about a record.
    Audit,
    /// Add people, change what they may do, end their sessions. Not about a record.
    Administer,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 11] = [
        Self::Find,
        Self::Read,
        Self::Verify,
        Self::File,
        Self::Review,
        Self::Describe,
        Self::Publish,
        Self::Withdraw,
        Self::Classify,
        Self::Audit,
        Self::Administer,
    ];
}

/// How a record stands, as far as access is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Its access class.
    pub access: AccessClass,
    /// Whether it is published.
    pub publication: Publication,
}

impl Standing {
    /// How many different standings there are; [`Standing::code`] is below this.
    pub const COUNT: u8 = 12;

    /// Every standing, in the order of its code.
    pub fn all() -> impl Iterator<Item = Self> {
        [Publication::Draft, Publication::Published, Publication::Withdrawn].into_iter().flat_map(
            |publication| {
                AccessClass::ALL.into_iter().map(move |access| Self { access, publication })
            },
        )
    }

    /// A small number for this standing, 0 to 11, kept in the search index with each page.
    pub const fn code(self) -> u8 {
        let access = rank(self.access);
        let publication = match self.publication {
            Publication::Draft => 0,
            Publication::Published => 1,
            Publication::Withdrawn => 2,
        };
        publication * 4 + access
    }
}

/// How closed a class is, from 0.
const fn rank(access: AccessClass) -> u8 {
    match access {
        AccessClass::Open => 0,
        AccessClass::Restricted => 1,
        AccessClass::Secret => 2,
        AccessClass::TopSecret => 3,
    }
}

/// May this asker do this to a record that stands so?
///
/// | asker         | find, read       | verify            | file | review | describe | publish, withdraw | classify | see who did what | administer |
/// | ------------- | ---------------- | ----------------- | ---- | ------ | -------- | ----------------- | -------- | ---------------- | ---------- |
/// | anyone        | open, published  | open, once public | no   | no     | no       | no                | no       | no               | no         |
/// | reader        | published        | once public       | no   | no     | no       | no                | no       | no               | no         |
/// | verifier      | as anyone        | once public       | no   | no     | no       | no                | no       | no               | no         |
/// | officer       | not withdrawn    | all               | yes  | drafts | drafts   | no                | no       | no               | no         |
/// | approver      | all              | all               | no   | yes    | no       | yes               | no       | yes              | no         |
/// | archivist     | all              | all               | yes  | yes    | yes      | yes               | yes      | yes              | no         |
/// | administrator | as anyone        | as anyone         | no   | no     | no       | no                | no       | yes              | yes        |
/// | owner         | yes              | yes               | yes  | yes    | yes      | yes               | yes      | yes              | yes        |
///
/// What a person may do counts for records up to the person's clearance; several roles add up;
/// nobody may do less than anyone. A withdrawn document still answers a verifier who brings the
/// digest along ("was published, is withdrawn"); its description and its bytes are no longer
/// handed out.
pub fn may(who: Who, action: Action, standing: Standing) -> bool {
    match who {
        Who::Owner => true,
        Who::Anyone => anyone_may(action, standing),
        Who::Person(grant) => {
            anyone_may(action, standing) || grant.role_for(action, standing).is_some()
        }
    }
}

/// The row of the public.
const fn anyone_may(action: Action, standing: Standing) -> bool {
    let open = matches!(standing.access, AccessClass::Open);
    match action {
        Action::Find | Action::Read => {
            open && matches!(standing.publication, Publication::Published)
        }
        Action::Verify => open && !matches!(standing.publication, Publication::Draft),
        _ => false,
    }
}

/// The rows of those who work here, for a record within their clearance.
const fn role_may(role: Role, action: Action, publication: Publication) -> bool {
    let draft = matches!(publication, Publication::Draft);
    let published = matches!(publication, Publication::Published);
    match (role, action) {
        (Role::Administrator, action) => matches!(action, Action::Administer | Action::Audit),
        (_, Action::Administer) => false,
        (Role::Archivist, _) | (Role::Approver, Action::Audit) => true,
        (Role::Reader, Action::Find | Action::Read) => published,
        (Role::Reader | Role::Verifier, Action::Verify) => !draft,
        (Role::Reader | Role::Verifier, _) => false,
        (Role::Officer, Action::Find | Action::Read) => draft || published,
        (Role::Officer, Action::Review | Action::Describe) => draft,
        (Role::Officer, action) => matches!(action, Action::Verify | Action::File),
        (Role::Approver, action) => {
            !matches!(action, Action::File | Action::Describe | Action::Classify)
        }
    }
}

/// The standings that an asker may find, as bits: bit `n` stands for the standing with code `n`.
pub fn scope(who: Who) -> u16 {
    Standing::all()
        .filter(|standing| may(who, Action::Find, *standing))
        .fold(0, |bits, standing| bits | 1 << standing.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(roles: &str, clearance: AccessClass) -> Who {
        Who::Person(Grant { roles: roles.parse().unwrap(), clearance })
    }

    #[test]
    fn codes_are_dense_and_distinct() {
        let codes: Vec<u8> = Standing::all().map(Standing::code).collect();
        assert_eq!(codes, (0..Standing::COUNT).collect::<Vec<_>>());
    }

    #[test]
    fn the_public_sees_open_published_documents_and_nothing_else() {
        for standing in Standing::all() {
            let open = standing.access == AccessClass::Open;
            let published = standing.publication == Publication::Published;
            for action in Action::ALL {
                let expected = match action {
                    Action::Find | Action::Read => open && published,
                    Action::Verify => open && standing.publication != Publication::Draft,
                    _ => false,
                };
                assert_eq!(may(Who::Anyone, action, standing), expected, "{action:?} {standing:?}");
            }
        }
    }

    #[test]
    fn nobody_who_works_here_passes_their_clearance_or_falls_behind_the_public() {
        for who in Who::all() {
            let Who::Person(grant) = who else { continue };
            for (standing, action) in
                Standing::all().flat_map(|standing| Action::ALL.map(|action| (standing, action)))
            {
                let allowed = may(who, action, standing);
                if standing.access > grant.clearance {
                    assert!(!allowed, "{who:?} {action:?} {standing:?}");
                }
                assert!(allowed || !may(Who::Anyone, action, standing));
            }
        }
    }

    #[test]
    fn the_table_says_so() {
        use AccessClass::{Open, Secret, TopSecret};
        use Publication::{Draft, Published, Withdrawn};
        let at = |access, publication| Standing { access, publication };
        for (roles, action, standing, expected) in [
            ("administrator", Action::Administer, at(Open, Published), true),
            ("administrator", Action::Read, at(Secret, Published), false),
            ("administrator", Action::Review, at(Open, Draft), false),
            ("archivist", Action::Publish, at(Secret, Draft), true),
            ("archivist", Action::Administer, at(Open, Published), false),
            ("approver", Action::Publish, at(Open, Draft), true),
            ("approver", Action::File, at(Open, Draft), false),
            ("approver", Action::Describe, at(Open, Draft), false),
            ("officer", Action::File, at(Open, Draft), true),
            ("officer", Action::Publish, at(Open, Draft), false),
            ("officer", Action::Describe, at(Open, Draft), true),
            ("officer", Action::Describe, at(Open, Published), false),
            ("officer", Action::Read, at(Open, Withdrawn), false),
            ("reader", Action::Read, at(Secret, Published), true),
            ("reader", Action::Read, at(Open, Draft), false),
            ("reader", Action::Read, at(TopSecret, Published), false),
            ("verifier", Action::Verify, at(Secret, Withdrawn), true),
            ("verifier", Action::Find, at(Secret, Published), false),
            ("officer,approver", Action::Publish, at(Open, Draft), true),
            ("officer,approver", Action::File, at(Open, Draft), true),
        ] {
            let allowed = may(person(roles, Secret), action, standing);
            assert_eq!(allowed, expected, "{roles} {action:?} {standing:?}");
        }
    }

    #[test]
    fn a_withdrawn_document_still_answers_a_verifier() {
        let standing = Standing { access: AccessClass::Open, publication: Publication::Withdrawn };
        assert!(may(Who::Anyone, Action::Verify, standing));
        assert!(!may(Who::Anyone, Action::Read, standing));
    }

    #[test]
    fn the_scope_is_the_same_decision() {
        for who in Who::all() {
            for standing in Standing::all() {
                let in_scope = scope(who) >> standing.code() & 1 == 1;
                assert_eq!(in_scope, may(who, Action::Find, standing), "{who:?} {standing:?}");
            }
        }
    }
}
