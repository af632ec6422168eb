//! `GET /api/v1/audit`: who did what, when, newest first. The log proves that nothing of it was
//! changed; the names stand in what its statements commit to.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, extract};
use serde::Serialize;
use simars_access::{Action, Who, may};
use simars_ingest::Holdings;
use simars_record::statement::ARCHIVE;
use simars_record::{Date, StatementKind, Timestamp};

use crate::address::with_query;
use crate::auth::{Asker, standing};
use crate::content::disposition::disposition;
use crate::language::Language;
use crate::problem::{Code, Problem};
use crate::query;
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{names, tables};

/// How many acts one answer lists.
const LISTED: usize = 100;
/// How many acts are looked through for one answer.
const LOOKED_AT: usize = 50_000;

/// Which acts are asked for; what is not said does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The name of the person.
    pub(crate) by: Option<String>,
    /// The written form of the kind.
    pub(crate) act: Option<StatementKind>,
    /// The first and the last day, in UTC.
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    /// Only acts before the one with this index.
    pub(crate) before: Option<u64>,
}

/// One act.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    pub(crate) index: u64,
    pub(crate) act: &'static str,
    pub(crate) time: Timestamp,
    pub(crate) by: Option<String>,
    pub(crate) role: Option<String>,
    /// Whether it is about the archive itself, not about a document.
    pub(crate) about_archive: bool,
    /// The document; null if this asker may not find it.
    pub(crate) id: Option<String>,
    pub(crate) version: u32,
    /// The document in one line; null if this asker may not find it.
    pub(crate) label: Option<String>,
}

/// A part of the list.
#[derive(Debug, Serialize)]
pub(crate) struct AuditJson {
    pub(crate) acts: Vec<Line>,
    /// The index before which the list goes on; null at its end.
    pub(crate) next: Option<u64>,
}

/// Answers it; `?form=csv` gives a spreadsheet.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    asker: Asker,
    visit: Visit,
) -> Result<Response, Problem> {
    asker.require(Action::Audit)?;
    let csv = match query::value(&visit.pairs, &["form"]) {
        None | Some("json") => false,
        Some("csv") => true,
        Some(text) => {
            let detail = format!("form is {text:?}; it is csv or json");
            return Err(Code::BadParameter.problem().detail(detail).with("parameter", "form"));
        }
    };
    let wanted = read(&visit.pairs)?;
    let list = list(&state, asker.0, wanted).await.map_err(Code::problem)?;
    Ok(if csv { as_csv(&list, &visit.path, &visit.pairs) } else { Json(list).into_response() })
}

/// Reads which acts are asked for.
pub(crate) fn read(pairs: &[(String, String)]) -> Result<Wanted, Problem> {
    fn value<T: std::str::FromStr>(
        pairs: &[(String, String)],
        names: &[&'static str],
    ) -> Result<Option<T>, Problem> {
        let Some(text) = query::value(pairs, names) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            let detail = format!("{}: {text:?} is not understood", names[0]);
            Code::BadParameter.problem().detail(detail).with("parameter", names[0])
        })
    }
    Ok(Wanted {
        by: value(pairs, &["by", "oleh"])?,
        act: value(pairs, &["act", "jenis"])?,
        from: value(pairs, &["from", "dari"])?,
        to: value(pairs, &["to", "sampai"])?,
        before: value(pairs, &["before", "sebelum"])?,
    })
}

/// The acts that are asked for, as this asker may see them.
pub(crate) async fn list(state: &Arc<State>, who: Who, wanted: Wanted) -> Result<AuditJson, Code> {
    let holdings = Arc::clone(&state.holdings);
    blocking(move || collect(&holdings, who, &wanted)).await?
}

fn collect(holdings: &Holdings, who: Who, wanted: &Wanted) -> Result<AuditJson, Code> {
    let archive = holdings.archive();
    let history = archive.history(wanted.before).map_err(failed("read the journal"))?;
    let mut list = AuditJson { acts: Vec::new(), next: None };
    for (looked_at, deed) in history.enumerate() {
        let deed = deed.map_err(failed("read the journal"))?;
        let day = deed.time.date();
        if wanted.from.is_some_and(|from| day < from) {
            // Times descend: nothing that is asked for comes any more.
            return Ok(list);
        }
        if list.acts.len() == LISTED || looked_at == LOOKED_AT {
            list.next = Some(deed.index + 1);
            return Ok(list);
        }
        let fits = wanted.to.is_none_or(|to| day <= to)
            // The archive's own book-keeping is told only to who asks for it.
            && wanted.act.map_or(deed.kind != StatementKind::Indexed, |act| act == deed.kind)
            && wanted.by.as_deref().is_none_or(|by| deed.by.as_deref() == Some(by));
        if !fits {
            continue;
        }
        let document = match deed.object == ARCHIVE {
            true => None,
            false => archive.document(&deed.object).map_err(failed("look up a document"))?,
        };
        let seen = document.filter(|document| may(who, Action::Find, standing(document)));
        list.acts.push(Line {
            index: deed.index,
            act: deed.kind.as_str(),
            time: deed.time,
            by: deed.by,
            role: deed.role,
            id: seen.is_some().then(|| deed.object.to_string()),
            about_archive: deed.object == ARCHIVE,
            version: deed.version,
            label: seen.map(|document| names::label(Language::Indonesian, &document)),
        });
    }
    Ok(list)
}

/// The list as a spreadsheet (RFC 4180). A list that goes on says where in a `Link` header
/// (RFC 8288): at the same address, asked for the same.
pub(crate) fn as_csv(list: &AuditJson, path: &str, pairs: &[(String, String)]) -> Response {
    let mut csv = String::new();
    let names = ["index", "act", "time", "by", "role", "id", "version", "label"];
    tables::line(&mut csv, names.into_iter().map(str::to_owned));
    for line in &list.acts {
        let text = |text: &Option<String>| tables::guarded(text.as_deref().unwrap_or_default());
        let cells = [
            line.index.to_string(),
            line.act.to_owned(),
            line.time.to_string(),
            text(&line.by),
            text(&line.role),
            text(&line.id),
            line.version.to_string(),
            text(&line.label),
        ];
        tables::line(&mut csv, cells.into_iter());
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(false, "riwayat.csv")),
    ];
    let mut response = (headers, csv).into_response();
    let next = list.next.map(|next| {
        let kept = pairs.iter().filter(|(name, _)| name != "before" && name != "sebelum");
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let next = next.to_string();
        format!("<{}>; rel=\"next\"", with_query(path, kept.chain([("before", next.as_str())])))
    });
    if let Some(Ok(next)) = next.map(HeaderValue::try_from) {
        response.headers_mut().insert(header::LINK, next);
    }
    response
}
