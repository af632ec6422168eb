//! What a statement says, in full: the bodies of the journal's lines.

use serde::{Deserialize, Serialize};
use simars_record::{
    AccessClass, AuthenticatedCopy, Date, Description, Publication, Rendition, Retention, Schedule,
    StackPart, Unit, Version,
};

/// What a statement says, in full: the body of its line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "lowercase")]
pub enum Act {
    /// A new document.
    Registered {
        /// Its place in the order of registration.
        ordinal: u64,
        /// Its access class.
        access: AccessClass,
        /// The unit it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<Unit>,
        /// The day on which it opens for everybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens: Option<Date>,
        /// From what it was made, if it leaves out parts of another document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rendition: Option<Rendition>,
        /// The stack of papers that it was taken from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stack: Option<StackPart>,
        /// Whether it was published at once.
        publication: Publication,
        /// What is known about it.
        description: Box<Description>,
        /// Its first version.
        version: Box<Version>,
    },
    /// A corrected description.
    Corrected {
        /// The description that counts from now on.
        description: Box<Description>,
    },
    /// The same original was read again.
    Extracted {
        /// The newest version, with what was read now.
        version: Box<Version>,
        /// The description that counts from now on.
        description: Box<Description>,
    },
    /// Another file took the place of the one before.
    Replaced {
        /// The newest version; it joins those before.
        version: Box<Version>,
        /// The description that counts from now on.
        description: Box<Description>,
    },
    /// Published, after having been a draft or withdrawn.
    Published,
    /// Withdrawn from publication.
    Withdrawn,
    /// Another access class.
    Access {
        /// The class that counts from now on.
        access: AccessClass,
        /// The day on which it opens for everybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens: Option<Date>,
    },
    /// Another unit that it belongs to.
    Unit {
        /// The unit; none for the office as a whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<Unit>,
    },
    /// An authenticated copy was made.
    Copied {
        /// The copy.
        copy: AuthenticatedCopy,
    },
    /// Somebody who works here read it.
    Viewed,
    /// Something about its retention.
    Retained {
        /// Everything that is stated about it from now on.
        retention: Retention,
    },
    /// About the archive: a version of the classification scheme and retention schedule.
    Scheduled {
        /// The version.
        schedule: Schedule,
    },
    /// About the archive: the log is signed with this key from now on.
    Key {
        /// The key as verifiers write it.
        verifier: String,
    },
    /// About the archive: the root of the map over all statements before this one. Everything that
    /// is to be said stands in the statement.
    Indexed,
}

/// The body of a line, as it is written.
#[derive(Serialize)]
pub(crate) struct Body<'a> {
    #[serde(flatten)]
    pub(crate) act: &'a Act,
    /// The name of the person who acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<&'a str>,
}
