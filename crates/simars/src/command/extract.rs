//! `simars extract`: documents read again from their originals.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use simars_ingest::Holdings;
use simars_record::DocumentId;

use crate::client::Client;
use crate::command::{Data, Exit};
use crate::door::{Create, Door, processors, settings};
use crate::progress::{put, say};
use crate::recognise;
use crate::surroundings::{self, LogFormat};

/// Read documents again from their originals: with the readers of this version, and by
/// recognition where a page has no usable text.
///
/// Without an id, what still waits for recognition is recognised. The originals, and what people
/// stated about a document, stay as they are; the text before stays in the store.
///
/// Exit code: 0 if all was read, 3 if some ids are not in the archive.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The documents to read again
    #[arg(value_name = "ID")]
    ids: Vec<DocumentId>,
    #[command(flatten)]
    data: Data,
    /// Recognise every page, also those whose own text is good
    #[arg(long, requires = "ids")]
    all_pages: bool,
    /// One JSON object per document on standard output
    #[arg(long)]
    json: bool,
    /// How many seconds to wait while another command uses the data folder
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    wait: u64,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let patience = Duration::from_secs(arguments.wait);
    let mut missing = 0;
    let mut absent = |id: &DocumentId| {
        missing += 1;
        say(&format!("simars: {id}: no such document"));
    };
    let mut settings = settings()?;
    settings.recognition_workers = processors();
    match Door::open(&arguments.data.data, Create::No, patience, &settings)? {
        Door::Here(holdings) => {
            for id in &arguments.ids {
                if !holdings.extract_again(id, arguments.all_pages)? {
                    absent(id);
                }
            }
            if holdings.recognition().engine.is_none() && arguments.ids.is_empty() {
                bail!("no recognition engine; hint: install tesseract-ocr and tesseract-ocr-ind");
            }
            recognise::here(&holdings)?;
            tell(arguments, &mut |id| here(&holdings, id))?;
        }
        Door::There(client) => {
            for id in &arguments.ids {
                if !client.extract(id, arguments.all_pages)? {
                    absent(id);
                }
            }
            recognise::there(&client)?;
            tell(arguments, &mut |id| there(&client, id))?;
        }
    }
    Ok(if missing == 0 { ExitCode::SUCCESS } else { Exit::Incomplete.into() })
}

/// What is said about a document when it is done.
#[derive(Debug, serde::Serialize)]
struct Done {
    id: DocumentId,
    pages: u32,
    pages_without_text: u32,
    pages_recognised: u32,
    confidence: Option<u8>,
}

fn tell(
    arguments: &Arguments,
    find: &mut dyn FnMut(&DocumentId) -> anyhow::Result<Option<Done>>,
) -> anyhow::Result<()> {
    for id in &arguments.ids {
        let Some(done) = find(id)? else { continue };
        if arguments.json {
            put(&serde_json::to_string(&done)?)?;
            continue;
        }
        let confidence = match done.confidence {
            Some(confidence) => format!(" (confidence {confidence} %)"),
            None => String::new(),
        };
        put(&format!(
            "{id}: {} pages, {} recognised{confidence}, {} without text",
            done.pages, done.pages_recognised, done.pages_without_text
        ))?;
    }
    Ok(())
}

fn here(holdings: &Holdings, id: &DocumentId) -> anyhow::Result<Option<Done>> {
    Ok(holdings.archive().document(id)?.map(|document| {
        let current = document.current();
        Done {
            id: *id,
            pages: current.pages,
            pages_without_text: current.pages_without_text,
            pages_recognised: current.pages_recognised,
            confidence: current.confidence,
        }
    }))
}

/// What the server says of a document, as far as it is told here.
#[derive(Debug, serde::Deserialize)]
struct Told {
    coverage: Coverage,
}

#[derive(Debug, serde::Deserialize)]
struct Coverage {
    pages: u32,
    pages_without_text: u32,
    pages_recognised: u32,
    #[serde(default)]
    confidence: Option<u8>,
}

fn there(client: &Client, id: &DocumentId) -> anyhow::Result<Option<Done>> {
    let told: Option<Told> = client.get(&format!("/api/v1/documents/{id}"), &[])?;
    Ok(told.map(|Told { coverage }| Done {
        id: *id,
        pages: coverage.pages,
        pages_without_text: coverage.pages_without_text,
        pages_recognised: coverage.pages_recognised,
        confidence: coverage.confidence,
    }))
}
