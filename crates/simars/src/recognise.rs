//! Waiting for recognition, with a bar, wherever it goes on.

use std::time::Duration;

use simars_ingest::{Holdings, Recognition};

use crate::client::Client;
use crate::progress::bar;

/// Waits until this process has nothing left to recognise, and until that can be found.
///
/// # Errors
/// If the index cannot follow.
pub(crate) fn here(holdings: &Holdings) -> anyhow::Result<()> {
    let bar = bar(0, "recognised");
    holdings.wait_until_recognised(|recognition| show(&bar, recognition));
    bar.finish_and_clear();
    holdings.wait_until_searchable(|_| ())?;
    Ok(())
}

/// Waits until the server has nothing left to recognise.
///
/// # Errors
/// If the server cannot be reached any more; it goes on all the same.
pub(crate) fn there(client: &Client) -> anyhow::Result<()> {
    let bar = bar(0, "recognised");
    while let Some(recognition) = client.get::<Recognition>("/api/v1/recognition", &[])? {
        show(&bar, &recognition);
        if recognition.documents == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    bar.finish_and_clear();
    Ok(())
}

fn show(bar: &indicatif::ProgressBar, recognition: &Recognition) {
    bar.set_length(recognition.pages_total);
    bar.set_position(recognition.pages_done);
    bar.set_message(format!("{} documents", recognition.documents));
}
