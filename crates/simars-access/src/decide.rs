//! The decision, as one table.

use simars_record::{AccessClass, Document, Publication, Unit};

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
    /// The unit they work for, whose records alone they are there for; `None` for all units.
    pub unit: Option<Unit>,
}

impl Grant {
    /// The role in which they may do this, the first of several; `None` if they may not, or only
    /// as anyone may.
    pub fn role_for(self, action: Action, standing: Standing) -> Option<Role> {
        let cleared = rank(standing.access) <= rank(self.clearance);
        let theirs = self.unit.is_none() || self.unit == standing.unit;
        let mut roles = self.roles.iter();
        roles.find(|role| cleared && theirs && role_may(*role, action, standing.publication))
    }
}

impl Who {
    /// Every kind of asker: anyone, each role with each clearance, for all units or for one of
    /// them, the owner.
    pub fn all(unit: Unit) -> impl Iterator<Item = Self> {
        let people = Role::ALL.into_iter().flat_map(move |role| {
            let roles = [role].into_iter().collect();
            AccessClass::ALL.into_iter().flat_map(move |clearance| {
                [None, Some(unit)].map(|unit| Self::Person(Grant { roles, clearance, unit }))
            })
        });
        std::iter::once(Self::Anyone).chain(people).chain([Self::Owner])
    }

    /// The unit this asker works for, if only for one.
    pub const fn unit(self) -> Option<Unit> {
        match self {
            Self::Person(grant) => grant.unit,
            Self::Anyone | Self::Owner => None,
        }
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
    /// The unit it belongs to; `None` for the office as a whole.
    pub unit: Option<Unit>,
}

impl Standing {
    /// How a document stands.
    pub const fn of(document: &Document) -> Self {
        let Document { access, publication, unit, .. } = *document;
        Self { access, publication, unit }
    }

    /// How many different codes there are; [`Standing::code`] is below this.
    pub const COUNT: u8 = 12;

    /// Every standing of a record of this unit, in the order of its code.
    pub fn all(unit: Option<Unit>) -> impl Iterator<Item = Self> {
        [Publication::Draft, Publication::Published, Publication::Withdrawn].into_iter().flat_map(
            move |publication| {
                let one = move |access| Self { access, publication, unit };
                AccessClass::ALL.into_iter().map(one)
            },
        )
    }

    /// A small number for this standing but for its unit, 0 to 11, kept in the search index with
    /// each page; beside it stands [`Unit::number`].
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
/// What a person may do counts for records up to the person's clearance and, if the person works
/// for one unit, for records of that unit; several roles add up; nobody may do less than anyone.
/// A record under an embargo is of a closed class until the archive opens it. A withdrawn document still answers a verifier who brings the
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

/// Whether there is any record to which this asker may do this.
pub fn ever(who: Who, action: Action) -> bool {
    Standing::all(who.unit()).any(|standing| may(who, action, standing))
}

/// What an asker may find, as bits: bit `n` stands for the standings with code `n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Of records of any unit, or of none.
    pub anywhere: u16,
    /// Of records of the asker's unit.
    pub within: u16,
    /// The asker's unit.
    pub unit: Option<Unit>,
}

/// What an asker may find.
pub fn scope(who: Who) -> Scope {
    scope_of(who, |_| true)
}

/// What an asker may find of the records that stand in one of the `wanted` ways.
pub fn scope_of(who: Who, wanted: impl Fn(&Standing) -> bool) -> Scope {
    let bits = |unit| {
        Standing::all(unit)
            .filter(|standing| wanted(standing) && may(who, Action::Find, *standing))
            .fold(0, |bits, standing| bits | 1 << standing.code())
    };
    Scope { anywhere: bits(None), within: bits(who.unit()), unit: who.unit() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(roles: &str, clearance: AccessClass) -> Who {
        Who::Person(Grant { roles: roles.parse().unwrap(), clearance, unit: None })
    }

    fn unit() -> Unit {
        "TEKNIS".parse().unwrap()
    }

    /// Every standing of a record of the office, of the unit, and of another one.
    fn standings() -> impl Iterator<Item = Standing> {
        let other = "SDM".parse().unwrap();
        [None, Some(unit()), Some(other)].into_iter().flat_map(Standing::all)
    }

    #[test]
    fn codes_are_dense_and_distinct() {
        let codes: Vec<u8> = Standing::all(None).map(Standing::code).collect();
        assert_eq!(codes, (0..Standing::COUNT).collect::<Vec<_>>());
    }

    #[test]
    fn the_public_sees_open_published_documents_and_nothing_else() {
        for standing in standings() {
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
        for who in Who::all(unit()) {
            let Who::Person(grant) = who else { continue };
            for (standing, action) in
                standings().flat_map(|standing| Action::ALL.map(|action| (standing, action)))
            {
                let (allowed, anyone) =
                    (may(who, action, standing), may(Who::Anyone, action, standing));
                let elsewhere = grant.unit.is_some() && grant.unit != standing.unit;
                if standing.access > grant.clearance || elsewhere {
                    assert_eq!(allowed, anyone, "{who:?} {action:?} {standing:?}");
                }
                assert!(allowed || !anyone);
                assert!(!allowed || ever(who, action));
            }
        }
    }

    #[test]
    fn the_table_says_so() {
        use AccessClass::{Open, Secret, TopSecret};
        use Publication::{Draft, Published, Withdrawn};
        let at = |access, publication| Standing { access, publication, unit: None };
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
        let (access, publication) = (AccessClass::Open, Publication::Withdrawn);
        let standing = Standing { access, publication, unit: None };
        assert!(may(Who::Anyone, Action::Verify, standing));
        assert!(!may(Who::Anyone, Action::Read, standing));
    }

    #[test]
    fn the_scope_is_the_same_decision() {
        for who in Who::all(unit()) {
            for standing in standings() {
                let Scope { anywhere, within, unit } = scope(who);
                let own = unit.is_some() && standing.unit == unit;
                let bits = if own { within } else { anywhere };
                let in_scope = bits >> standing.code() & 1 == 1;
                assert_eq!(in_scope, may(who, Action::Find, standing), "{who:?} {standing:?}");
            }
        }
    }
}
