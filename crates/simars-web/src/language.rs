//! The two languages of the interface.

/// A language of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    /// Indonesian, the default.
    #[default]
    Indonesian,
    /// English.
    English,
}

impl Language {
    /// Both languages.
    pub(crate) const ALL: [Self; 2] = [Self::Indonesian, Self::English];

    /// The language tag (BCP 47), also the value of `?bahasa=` and of the cookie.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    /// The two letters that stand for it where there is little room.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Indonesian => "ID",
            Self::English => "EN",
        }
    }

    /// The language with this tag.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The other of the two.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Indonesian => Self::English,
            Self::English => Self::Indonesian,
        }
    }
}
