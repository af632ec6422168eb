//! What a harvester asks for (OAI-PMH 2.0 §3 and §4), read from the parameters of a request.

use std::fmt;
use std::str::FromStr;

use simars_ingest::Place;
use simars_record::Timestamp;

/// An error of the protocol (§3.6): an answer like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(super) code: &'static str,
    pub(super) detail: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    fn argument(detail: impl Into<String>) -> Self {
        Self::new("badArgument", detail)
    }
}

/// A form of metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Simple Dublin Core.
    DublinCore,
    /// MODS 3.5.
    Mods,
}

impl Format {
    pub(super) const ALL: [Self; 2] = [Self::DublinCore, Self::Mods];

    /// The prefix by which it is asked for.
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::DublinCore => "oai_dc",
            Self::Mods => "mods",
        }
    }

    /// Its XML namespace, and where the schema of it is.
    pub(super) const fn namespace(self) -> (&'static str, &'static str) {
        match self {
            Self::DublinCore => (
                "http://www.openarchives.org/OAI/2.0/oai_dc/",
                "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
            ),
            Self::Mods => {
                ("http://www.loc.gov/mods/v3", "http://www.loc.gov/standards/mods/v3/mods-3-5.xsd")
            }
        }
    }
}

/// A part of the holdings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Set {
    /// Documents of a kind, by its key.
    Kind(String),
    /// Documents whose number is of a year.
    Year(u16),
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(key) => write!(f, "jenis:{key}"),
            Self::Year(year) => write!(f, "tahun:{year}"),
        }
    }
}

impl FromStr for Set {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let plain = |key: &str| {
            !key.is_empty() && key.bytes().all(|sign| sign.is_ascii_lowercase() || sign == b'-')
        };
        match text.split_once(':') {
            Some(("jenis", key)) if plain(key) => Ok(Self::Kind(key.to_owned())),
            Some(("tahun", year)) if year.len() == 4 => {
                year.parse().map(Self::Year).map_err(|_| ())
            }
            _ => Err(()),
        }
    }
}

/// Which records, and from which on. Its written form is the resumption token: it holds everything,
/// so that it outlives restarts and changes. Documents are told in the order in which something was
/// stated last about them: what changes meanwhile moves to the end and is told again there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(super) format: Format,
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    pub(super) set: Option<Set>,
    /// Where to begin.
    pub(super) next: Place,
    /// How many records were told before.
    pub(super) told: u64,
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, from, until, set, next, told } = self;
        let time = |time: &Option<Timestamp>| match time {
            Some(time) => time.unix().to_string(),
            None => String::new(),
        };
        let set = set.as_ref().map(ToString::to_string).unwrap_or_default();
        let next = format_args!("{}.{}", next.time.unix(), next.ordinal);
        write!(f, "{}~{}~{}~{set}~{next}~{told}", format.prefix(), time(from), time(until))
    }
}

impl FromStr for Selection {
    type Err = Refusal;

    fn from_str(token: &str) -> Result<Self, Refusal> {
        let wrong = || Refusal::new("badResumptionToken", "this token was not given here");
        let mut parts = token.split('~');
        let mut part = || parts.next().ok_or_else(wrong);
        let (prefix, from, until, set) = (part()?, part()?, part()?, part()?);
        let (next, told) = (part()?, part()?);
        let time = |text: &str| match text {
            "" => Ok(None),
            text => text.parse().map(Timestamp::from_unix).map(Some).map_err(|_| wrong()),
        };
        let selection = Self {
            format: format(prefix).map_err(|_| wrong())?,
            from: time(from)?,
            until: time(until)?,
            set: if set.is_empty() { None } else { Some(set.parse().map_err(|()| wrong())?) },
            next: place(next).ok_or_else(wrong)?,
            told: told.parse().map_err(|_| wrong())?,
        };
        // Written again it must be the same: one token for one place.
        if selection.to_string() == token { Ok(selection) } else { Err(wrong()) }
    }
}

/// A place as a token holds it: time and ordinal.
fn place(text: &str) -> Option<Place> {
    let (time, ordinal) = text.split_once('.')?;
    let time = Timestamp::from_unix(time.parse().ok()?);
    Some(Place { time, ordinal: ordinal.parse().ok()? })
}

/// A request that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    Identify,
    ListMetadataFormats { identifier: Option<String> },
    ListSets,
    GetRecord { identifier: String, format: Format },
    List { selection: Selection, whole: bool },
}

fn format(prefix: &str) -> Result<Format, Refusal> {
    Format::ALL.into_iter().find(|format| format.prefix() == prefix).ok_or_else(|| {
        let detail = "the formats are oai_dc and mods";
        Refusal::new("cannotDisseminateFormat", detail)
    })
}

/// The arguments of a request, each at most once, and only those the verb takes.
struct Arguments<'a> {
    pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> Arguments<'a> {
    fn new(pairs: &'a [(String, String)], allowed: &[&str]) -> Result<Self, Refusal> {
        let mut taken: Vec<(&str, &str)> = Vec::new();
        for (name, value) in pairs.iter().filter(|(name, _)| name != "verb") {
            if !allowed.contains(&name.as_str()) {
                return Err(Refusal::argument("an argument that this verb does not take"));
            }
            if value.is_empty() {
                return Err(Refusal::argument(format!("{name} is empty")));
            }
            if taken.iter().any(|(known, _)| known == name) {
                return Err(Refusal::argument(format!("{name} is given twice")));
            }
            taken.push((name, value));
        }
        Ok(Self { pairs: taken })
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn need(&self, name: &str) -> Result<&'a str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::argument(format!("{name} is missing")))
    }
}

/// Whether an answer may repeat an argument: what breaks the schema of the protocol is not said again.
pub(super) fn may_be_repeated(name: &str, value: &str) -> bool {
    let plain = |text: &str| {
        let sign = |sign: u8| sign.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&sign);
        !text.is_empty() && text.bytes().all(sign)
    };
    match name {
        "metadataPrefix" => plain(value),
        "set" => value.split(':').all(plain),
        "identifier" => is_address(value),
        _ => true,
    }
}

/// Whether this has the signs of an address (RFC 3986 §2).
fn is_address(text: &str) -> bool {
    let mut pieces = text.split('%');
    let whole = |piece: &str| {
        piece
            .bytes()
            .all(|sign| sign.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&sign))
    };
    let escaped = |piece: &str| {
        let two = piece.as_bytes().first_chunk::<2>();
        two.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit)) && whole(piece)
    };
    pieces.next().is_some_and(whole) && pieces.all(escaped)
}

/// Reads a request.
pub(crate) fn read(pairs: &[(String, String)]) -> Result<Asked, Refusal> {
    let mut verbs = pairs.iter().filter(|(name, _)| name == "verb").map(|(_, value)| value);
    let bad_verb = |detail: &str| Refusal::new("badVerb", detail);
    let verb = verbs.next().ok_or_else(|| bad_verb("verb is missing"))?;
    if verbs.next().is_some() {
        return Err(bad_verb("verb is given twice"));
    }
    match verb.as_str() {
        "Identify" => Arguments::new(pairs, &[]).map(|_| Asked::Identify),
        "ListSets" => {
            let arguments = Arguments::new(pairs, &["resumptionToken"])?;
            match arguments.get("resumptionToken") {
                None => Ok(Asked::ListSets),
                Some(_) => Err(Refusal::new("badResumptionToken", "sets come in one answer")),
            }
        }
        "ListMetadataFormats" => {
            let arguments = Arguments::new(pairs, &["identifier"])?;
            let identifier = arguments.get("identifier").map(str::to_owned);
            Ok(Asked::ListMetadataFormats { identifier })
        }
        "GetRecord" => {
            let arguments = Arguments::new(pairs, &["identifier", "metadataPrefix"])?;
            let identifier = arguments.need("identifier")?.to_owned();
            Ok(Asked::GetRecord { identifier, format: format(arguments.need("metadataPrefix")?)? })
        }
        "ListIdentifiers" => list(pairs, false),
        "ListRecords" => list(pairs, true),
        _ => Err(bad_verb("there is no such verb")),
    }
}

fn list(pairs: &[(String, String)], whole: bool) -> Result<Asked, Refusal> {
    let allowed = ["from", "until", "metadataPrefix", "set", "resumptionToken"];
    let arguments = Arguments::new(pairs, &allowed)?;
    if let Some(token) = arguments.get("resumptionToken") {
        if arguments.pairs.len() > 1 {
            return Err(Refusal::argument("resumptionToken stands alone"));
        }
        return Ok(Asked::List { selection: token.parse()?, whole });
    }
    let format = format(arguments.need("metadataPrefix")?)?;
    let (from, until) = (arguments.get("from"), arguments.get("until"));
    if let (Some(from), Some(until)) = (from, until)
        && from.len() != until.len()
    {
        return Err(Refusal::argument("from and until have different granularities"));
    }
    let from = from.map(|text| moment(text, "T00:00:00Z")).transpose()?;
    let until = until.map(|text| moment(text, "T23:59:59Z")).transpose()?;
    if let (Some(from), Some(until)) = (from, until)
        && from.unix() > until.unix()
    {
        return Err(Refusal::argument("from is later than until"));
    }
    let no_such_set = || Refusal::new("noRecordsMatch", "there is no such set");
    let set = arguments.get("set").map(|set| set.parse().map_err(|()| no_such_set()));
    let selection =
        Selection { format, from, until, set: set.transpose()?, next: Place::FIRST, told: 0 };
    Ok(Asked::List { selection, whole })
}

/// A day or a second (§3.3).
fn moment(text: &str, of_day: &str) -> Result<Timestamp, Refusal> {
    let whole = if text.len() == 10 { format!("{text}{of_day}") } else { text.to_owned() };
    let wrong = || Refusal::argument("a date is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ");
    whole.parse().map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(query: &str) -> Vec<(String, String)> {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn what_is_wrong_has_its_code() {
        for (query, code) in [
            ("", "badVerb"),
            ("verb=Nonsense", "badVerb"),
            ("verb=Identify&verb=Identify", "badVerb"),
            ("verb=Identify&set=x", "badArgument"),
            ("verb=GetRecord&identifier=x", "badArgument"),
            ("verb=GetRecord&identifier=x&metadataPrefix=marc", "cannotDisseminateFormat"),
            ("verb=ListRecords", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2024", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2024-02-30", "badArgument"),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2024-01-02&until=2024-01-01",
                "badArgument",
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2024-01-01&until=2024-01-02T00:00:00Z",
                "badArgument",
            ),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=warna:merah", "noRecordsMatch"),
            ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
            ("verb=ListRecords&resumptionToken=oai_dc~~~~1.1~1&from=2024-01-01", "badArgument"),
            ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
            ("verb=ListRecords&metadataPrefix=", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=", "badArgument"),
        ] {
            assert_eq!(read(&pairs(query)).unwrap_err().code, code, "{query}");
        }
    }

    #[test]
    fn what_breaks_the_schema_is_not_repeated() {
        for (name, value, repeated) in [
            ("set", "jenis:keputusan", true),
            ("set", "a b", false),
            ("set", "jenis::x", false),
            ("metadataPrefix", "marc<", false),
            ("identifier", "oai:arsip.example:abc%20d", true),
            ("identifier", "%%% x", false),
            ("identifier", "oai:é", false),
            ("from", "2024-01-01", true),
        ] {
            assert_eq!(may_be_repeated(name, value), repeated, "{name} {value}");
        }
    }

    #[test]
    fn a_day_is_whole() {
        let query = "verb=ListIdentifiers&metadataPrefix=mods&from=2024-05-20&until=2024-05-20";
        let Ok(Asked::List { selection, whole: false }) = read(&pairs(query)) else {
            panic!("not understood");
        };
        let times = [selection.from, selection.until].map(|time| time.unwrap().to_string());
        assert_eq!(times, ["2024-05-20T00:00:00Z", "2024-05-20T23:59:59Z"]);
    }

    proptest! {
        #[test]
        fn a_token_is_read_as_it_was_written(
            mods in any::<bool>(), from in prop::option::of(0..4_000_000_000_u64),
            until in prop::option::of(0..4_000_000_000_u64),
            set in prop::option::of(prop_oneof![
                "[a-z-]{1,12}".prop_map(Set::Kind), (1000..9999_u16).prop_map(Set::Year)]),
            next in (0..4_000_000_000_u64, any::<u64>()), told in any::<u64>(),
        ) {
            let format = if mods { Format::Mods } else { Format::DublinCore };
            let (from, until) = (from.map(Timestamp::from_unix), until.map(Timestamp::from_unix));
            let next = Place { time: Timestamp::from_unix(next.0), ordinal: next.1 };
            let selection = Selection { format, from, until, set, next, told };
            prop_assert_eq!(selection.to_string().parse::<Selection>().unwrap(), selection);
        }

        #[test]
        fn any_request_has_an_answer(query in "[a-zA-Z=&~:0-9-]{0,60}", token in any::<String>()) {
            let _ = read(&pairs(&query));
            let _ = token.parse::<Selection>();
        }
    }
}
