//! What somebody typed into the form of a document and did not save: kept for them alone, so that a
//! closed window, a crash or a power cut costs nothing.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use simars_access::{Action, LoginName};
use simars_record::{DocumentId, Timestamp};

use super::{Fields, Staff};
use crate::document::find;
use crate::problem::Code;
use crate::public::error;
use crate::segments::Segments;
use crate::state::State;
use crate::work::{blocking, failed};

/// Bytes of a form that are kept at most.
const LONGEST: usize = 64 * 1024;
/// Documents of which somebody's typing is kept; what lay there longest goes first.
const MOST: usize = 200;

/// What was typed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Unsaved {
    /// How many statements about the document there were when the form was made.
    pub(super) basis: String,
    pub(super) kept: Timestamp,
    fields: Vec<(String, String)>,
}

impl Unsaved {
    /// What this person typed about a document; nothing if it cannot be read.
    pub(super) fn of(folder: &Path, login: &LoginName, id: DocumentId) -> Option<Self> {
        let bytes = fs::read(place(folder, login, id)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    pub(super) fn fields(self) -> Fields {
        Fields(self.fields)
    }

    fn keep(&self, folder: &Path, login: &LoginName, id: DocumentId) -> io::Result<()> {
        let own = folder.join(login.as_str());
        fs::create_dir_all(&own)?;
        make_room(&own)?;
        let bytes = serde_json::to_vec(self)?;
        let written = own.join(format!(".{id}"));
        let mut file = File::create(&written)?;
        file.write_all(&bytes)?;
        file.sync_data()?;
        fs::rename(written, place(folder, login, id))
    }

    /// Forgets it.
    pub(super) fn drop_of(folder: &Path, login: &LoginName, id: DocumentId) {
        match fs::remove_file(place(folder, login, id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "what was typed stays kept");
            }
            _ => {}
        }
    }
}

fn place(folder: &Path, login: &LoginName, id: DocumentId) -> PathBuf {
    folder.join(login.as_str()).join(format!("{id}.json"))
}

fn make_room(own: &Path) -> io::Result<()> {
    let mut there = Vec::new();
    for entry in fs::read_dir(own)? {
        let entry = entry?;
        there.push((entry.metadata()?.modified()?, entry.path()));
    }
    there.sort();
    let over = (there.len() + 1).saturating_sub(MOST);
    there.iter().take(over).try_for_each(|(_, path)| fs::remove_file(path))
}

/// Answers `POST /petugas/dokumen/{id}/konsep`: keeps what was typed; with `buang=1`, forgets it.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    Segments(id): Segments<String>,
    fields: Fields,
) -> Response {
    let done = keep(&state, &staff, &id, fields).await;
    done.unwrap_or_else(|code| error::page(&staff.visit, &state.settings, code))
}

async fn keep(
    state: &Arc<State>,
    staff: &Staff,
    id: &str,
    fields: Fields,
) -> Result<Response, Code> {
    let found = find(state, staff.who(), Action::Find, id).await?;
    staff.doer().act(state, Action::Describe, &found)?;
    let (holdings, login, id) = (Arc::clone(&state.holdings), staff.login.clone(), found.id);
    if fields.has("buang") {
        blocking(move || Unsaved::drop_of(&holdings.archive().folder().unsaved(), &login, id))
            .await?;
        return Ok(Redirect::to(&format!("/petugas/dokumen/{id}")).into_response());
    }
    if fields.0.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > LONGEST {
        return Err(Code::TooLarge);
    }
    let basis = fields.get("dasar").to_owned();
    let unsaved = Unsaved { basis, kept: holdings.archive().now(), fields: fields.0 };
    let kept =
        blocking(move || unsaved.keep(&holdings.archive().folder().unsaved(), &login, id)).await?;
    kept.map_err(failed("keep what was typed"))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_kept_for_its_author_until_it_is_dropped() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path();
        let (ani, budi) = ("ani".parse().unwrap(), "budi".parse().unwrap());
        let id = DocumentId::from_bytes([7; 16]);
        let fields = vec![("title".to_owned(), "Judul".to_owned())];
        let kept = Timestamp::from_unix(1_800_000_000);
        let unsaved = Unsaved { basis: "1".to_owned(), kept, fields };
        unsaved.keep(folder, &ani, id).unwrap();
        unsaved.keep(folder, &ani, id).unwrap();
        assert_eq!(Unsaved::of(folder, &ani, id).unwrap().fields().get("title"), "Judul");
        assert!(Unsaved::of(folder, &budi, id).is_none());
        Unsaved::drop_of(folder, &ani, id);
        assert!(Unsaved::of(folder, &ani, id).is_none());
        for number in 0..MOST as u8 + 20 {
            let mut bytes = [0; 16];
            bytes[0] = number;
            unsaved.keep(folder, &ani, DocumentId::from_bytes(bytes)).unwrap();
        }
        let there = fs::read_dir(folder.join("ani")).unwrap().count();
        assert_eq!(there, MOST);
    }
}
