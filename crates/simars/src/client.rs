//! A client of a running server, for commands on a data folder that the server owns.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use simars_access::{Done, Order};
use simars_ingest::pipeline::Stacks;
use simars_ingest::{Acted, Report, ScheduleReport, Stated};
use simars_record::{Description, DocumentId, Publication};
use ureq::Agent;

/// Talks to the server that owns a data folder.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    token: String,
}

impl Client {
    /// A client for the server at `listen`, with the token that lies in the data folder: whoever
    /// may read the folder may act as its owner.
    ///
    /// # Errors
    /// If the token cannot be read.
    pub(crate) fn new(listen: &str, token: &Path) -> anyhow::Result<Self> {
        let token = fs::read_to_string(token).with_context(|| {
            format!("a server owns the folder, but its token in {} cannot be read", token.display())
        })?;
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // The server is on this machine: whatever proxy the environment names must not see
            // the token.
            .proxy(None)
            .timeout_connect(Some(Duration::from_secs(5)))
            .build()
            .new_agent();
        Ok(Self { agent, base: format!("http://{listen}"), token: token.trim().to_owned() })
    }

    /// Whether the server answers at all.
    pub(crate) fn answers(&self) -> bool {
        self.agent.get(format!("{}/healthz", self.base)).call().is_ok()
    }

    /// Where the server is.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Gets a JSON answer; `None` for 404.
    ///
    /// # Errors
    /// If the server cannot be reached or answers with an error.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> anyhow::Result<Option<T>> {
        let url = format!("{}{path}", self.base);
        let mut request = self.agent.get(&url).header("authorization", self.bearer());
        for (name, value) in query {
            request = request.query(name, value);
        }
        let mut response = request.call().with_context(|| format!("cannot reach {}", self.base))?;
        match response.status().as_u16() {
            200 => Ok(Some(response.body_mut().read_json()?)),
            404 => Ok(None),
            status => bail!("{url} answered {status}: {}", problem(&mut response)),
        }
    }

    /// Sends one file to be filed.
    ///
    /// # Errors
    /// If the server cannot be reached or does not understand; a refusal is a report.
    pub(crate) fn file(
        &self,
        path: &str,
        file: &File,
        stated: &Stated,
        (publication, stacks): (Publication, Stacks),
    ) -> anyhow::Result<Report> {
        let url = format!("{}/api/v1/documents", self.base);
        let mut request = self.agent.post(&url).header("authorization", self.bearer());
        request = request.header("content-type", "application/octet-stream").query("name", path);
        if publication == Publication::Draft {
            request = request.query("draft", "1");
        }
        if stacks == Stacks::Whole {
            request = request.query("split", "no");
        }
        for (name, value) in columns(stated) {
            request = request.query(name, value);
        }
        let mut response =
            request.send(file).with_context(|| format!("cannot reach {}", self.base))?;
        match response.status().as_u16() {
            200 | 201 => Ok(response.body_mut().read_json()?),
            422 => Ok(response.body_mut().read_json::<Refused>()?.report),
            status => bail!("{url} answered {status}: {}", problem(&mut response)),
        }
    }

    /// Orders that a document is read again; false if there is no such document.
    ///
    /// # Errors
    /// If the server cannot be reached or answers with an error.
    pub(crate) fn extract(&self, id: &DocumentId, all_pages: bool) -> anyhow::Result<bool> {
        let url = format!("{}/api/v1/documents/{id}/extract", self.base);
        let request = self.agent.post(&url).header("authorization", self.bearer());
        let mut response = request
            .send_json(serde_json::json!({ "all": all_pages }))
            .with_context(|| format!("cannot reach {}", self.base))?;
        match response.status().as_u16() {
            202 => Ok(true),
            404 => Ok(false),
            status => bail!("{url} answered {status}: {}", problem(&mut response)),
        }
    }

    /// Orders an act on a document; `None` if there is no such document.
    ///
    /// # Errors
    /// If the server cannot be reached or answers with an error.
    pub(crate) fn act(
        &self,
        id: &DocumentId,
        act: &serde_json::Value,
    ) -> anyhow::Result<Option<Acted>> {
        let url = format!("{}/api/v1/documents/{id}/acts", self.base);
        let request = self.agent.post(&url).header("authorization", self.bearer());
        let mut response =
            request.send_json(act).with_context(|| format!("cannot reach {}", self.base))?;
        match response.status().as_u16() {
            200 => Ok(Some(response.body_mut().read_json()?)),
            404 => Ok(None),
            status => bail!("{url} answered {status}: {}", problem(&mut response)),
        }
    }

    /// Sends a schedule to be looked at, or taken. A refusal is told with what is wrong.
    ///
    /// # Errors
    /// If the server cannot be reached, or refuses for another reason.
    pub(crate) fn schedule(
        &self,
        query: &[(&str, String)],
        bytes: &[u8],
    ) -> anyhow::Result<ScheduleReport> {
        let url = format!("{}/api/v1/schedule", self.base);
        let mut request = self.agent.post(&url).header("authorization", self.bearer());
        request = request.header("content-type", "application/octet-stream");
        for (name, value) in query {
            request = request.query(name, value);
        }
        let mut response =
            request.send(bytes).with_context(|| format!("cannot reach {}", self.base))?;
        match response.status().as_u16() {
            200 => Ok(response.body_mut().read_json()?),
            status => bail!("{url} answered {status}: {}", problem(&mut response)),
        }
    }

    /// Gives an order about people.
    ///
    /// # Errors
    /// If the server cannot be reached, or the order cannot be carried out.
    pub(crate) fn order(&self, order: &Order) -> anyhow::Result<Done> {
        let url = format!("{}/api/v1/people", self.base);
        let request = self.agent.post(&url).header("authorization", self.bearer());
        let mut response =
            request.send_json(order).with_context(|| format!("cannot reach {}", self.base))?;
        match response.status().as_u16() {
            200 => Ok(response.body_mut().read_json()?),
            _ => bail!("{}", problem(&mut response)),
        }
    }

    /// Sends a file that takes the place of a document's newest version; `None` if there is no
    /// such document.
    ///
    /// # Errors
    /// If the server cannot be reached or does not understand; a refusal is a report.
    pub(crate) fn replace(
        &self,
        id: &DocumentId,
        path: &str,
        file: &File,
    ) -> anyhow::Result<Option<Report>> {
        let url = format!("{}/api/v1/documents/{id}/content", self.base);
        let request = self.agent.put(&url).header("authorization", self.bearer());
        let request = request.header("content-type", "application/octet-stream");
        let mut response = request
            .query("name", path)
            .send(file)
            .with_context(|| format!("cannot reach {}", self.base))?;
        match response.status().as_u16() {
            200 => Ok(Some(response.body_mut().read_json()?)),
            404 => Ok(None),
            422 => Ok(Some(response.body_mut().read_json::<Refused>()?.report)),
            status => bail!("{url} answered {status}: {}", problem(&mut response)),
        }
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

/// A refusal: a problem that carries the report.
#[derive(Debug, Deserialize)]
struct Refused {
    report: Report,
}

fn problem(response: &mut ureq::http::Response<ureq::Body>) -> String {
    let text = response.body_mut().read_to_string().unwrap_or_default();
    let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let part = |name: &str| problem.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    part("detail").or_else(|| part("title")).unwrap_or_else(|| text.chars().take(200).collect())
}

/// What is stated about a file, as columns of an import list.
fn columns(stated: &Stated) -> Vec<(&'static str, String)> {
    let Description {
        kind,
        number,
        year,
        title,
        date,
        place,
        signatory,
        issuer,
        subject,
        classification,
        collection,
        effective,
        promulgated,
        office,
        copy_signatory,
        copy_office,
        annexes,
        copy,
        // What only a text says, and no list.
        relations: _,
        rules: _,
    } = &stated.description;
    let texts = [
        ("kind", kind),
        ("number", number),
        ("title", title),
        ("place", place),
        ("signatory", signatory),
        ("issuer", issuer),
        ("subject", subject),
        ("classification", classification),
        ("collection", collection),
        ("office", office),
        ("copy", copy),
        ("copy_signatory", copy_signatory),
        ("copy_office", copy_office),
    ];
    let dates = [("date", date), ("promulgated", promulgated), ("effective", effective)];
    let mut columns: Vec<(&'static str, String)> = texts
        .into_iter()
        .filter_map(|(name, field)| Some((name, field.as_ref()?.value.clone())))
        .collect();
    columns.extend(year.as_ref().map(|field| ("year", field.value.to_string())));
    let dates = dates.into_iter();
    columns
        .extend(dates.filter_map(|(name, field)| Some((name, field.as_ref()?.value.to_string()))));
    if !annexes.is_empty() {
        let written = annexes.iter().map(|field| match &field.value.title {
            Some(title) => format!("{}: {title}", field.value.label),
            None => field.value.label.clone(),
        });
        columns.push(("annexes", written.collect::<Vec<_>>().join("; ")));
    }
    columns.extend(stated.access.map(|access| ("access", access.to_string())));
    columns
}
