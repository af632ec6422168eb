//! The proof inside a certificate, for `simars verify CERTIFICATE --against FILE`.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, bail};
use simars_extract::Extractor;
use simars_record::FindingCode;

use crate::door::settings;
use crate::progress::say;

/// The text of the proof file inside a certificate. What is printed on the certificate is not
/// looked at: only the proof counts. A certificate without a proof that can be read gives an empty
/// text, which is answered as a damaged proof.
///
/// # Errors
/// If the file cannot be opened, or the reader could not do its work.
pub(crate) fn proof_in(certificate: &Path) -> anyhow::Result<String> {
    let shown = certificate.display();
    let file = File::open(certificate).with_context(|| format!("cannot read {shown}"))?;
    let settings = settings()?;
    match Extractor::new(settings.program, settings.limits).proof_in(&file) {
        Ok(proof) => {
            say("what is printed on the certificate was not checked: only the proof in it counts");
            Ok(String::from_utf8_lossy(&proof).into_owned())
        }
        // That the reader could not start or was stopped says nothing about the certificate.
        Err(finding)
            if matches!(finding.code, FindingCode::ReaderFailed | FindingCode::TimedOut) =>
        {
            bail!("{shown} could not be read: {}", finding.detail)
        }
        Err(finding) => {
            say(&format!("simars: {shown}: {}", finding.detail));
            Ok(String::new())
        }
    }
}
