//! One decision about who may do what.
//!
//! **What it does.** [`may`] answers every question about access, for every channel: bytes, text,
//! snippets, counts, proofs. [`scope`] is the same decision written as a set, for the search
//! index, which must decide about a hundred thousand pages in a millisecond.
//!
//! **Takes and gives.** Who asks, what for, and how the record stands; yes or no.
//!
//! **Never.** No I/O, no second opinion elsewhere: a caller that decides for itself is a bug.
//!
//! **Start at** [`may`].

use simars_record::{AccessClass, Publication};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Anyone at all, without being asked for a name.
    Anyone,
    /// Whoever holds the data folder: the command line on the machine itself, or a client that
    /// shows the token kept in that folder.
    Owner,
}

impl Who {
    /// All kinds of askers.
    pub const ALL: [Self; 2] = [Self::Anyone, Self::Owner];
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
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 5] = [Self::Find, Self::Read, Self::Verify, Self::File, Self::Review];
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
        let access = match self.access {
            AccessClass::Open => 0,
            AccessClass::Restricted => 1,
            AccessClass::Secret => 2,
            AccessClass::TopSecret => 3,
        };
        let publication = match self.publication {
            Publication::Draft => 0,
            Publication::Published => 1,
            Publication::Withdrawn => 2,
        };
        publication * 4 + access
    }
}

/// May this asker do this to a record that stands so?
///
/// The table, row by row:
///
/// | asker  | find, read                                  | verify             | file, review |
/// | ------ | ------------------------------------------- | ------------------ | ------------ |
/// | anyone | open class, published                       | open, once public  | no           |
/// | owner  | yes                                         | yes                | yes          |
///
/// A withdrawn document still answers a verifier who brings the digest along ("was published, is
/// withdrawn"); its description and its bytes are no longer handed out.
pub const fn may(who: Who, action: Action, standing: Standing) -> bool {
    match who {
        Who::Owner => true,
        Who::Anyone => {
            let open = matches!(standing.access, AccessClass::Open);
            match action {
                Action::Find | Action::Read => {
                    open && matches!(standing.publication, Publication::Published)
                }
                Action::Verify => open && !matches!(standing.publication, Publication::Draft),
                Action::File | Action::Review => false,
            }
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
            for action in [Action::Find, Action::Read] {
                assert_eq!(may(Who::Anyone, action, standing), open && published, "{standing:?}");
            }
            assert!(!may(Who::Anyone, Action::File, standing));
            assert!(!may(Who::Anyone, Action::Review, standing));
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
        for who in Who::ALL {
            for standing in Standing::all() {
                let in_scope = scope(who) >> standing.code() & 1 == 1;
                assert_eq!(in_scope, may(who, Action::Find, standing), "{who:?} {standing:?}");
            }
        }
    }
}
