//! The samples against what is expected of them, through the whole program.

use simars_testkit::{Sample, Server, samples};

use crate::scene::{Scene, sha256};

/// One blank between words, case aside: typesetting is not what is tested here.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[test]
fn every_sample_is_read_and_described_as_expected() {
    let scene = Scene::new();
    let samples = samples();
    let paths: Vec<_> = samples.iter().map(|sample| sample.path.as_path()).collect();
    let reports = scene.ingest(&paths, &[]);
    let server = scene.serve(&[]);
    let mut wrong = Vec::new();
    for sample in &samples {
        let digest = sha256(std::fs::read(&sample.path).unwrap());
        let report = reports.iter().find(|report| report["sha256"] == *digest).unwrap();
        let differences = compare(sample, report, &server);
        let name = sample.path.file_name().unwrap().to_string_lossy().into_owned();
        wrong.extend(differences.into_iter().map(|difference| format!("{name}: {difference}")));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn compare(sample: &Sample, report: &serde_json::Value, server: &Server) -> Vec<String> {
    if report["status"] != "registered" {
        return vec![format!("not registered: {report}")];
    }
    let mut wrong = compare_reading(sample, report, server);
    // Nothing can be recognised in a document of which nothing can be read.
    if report["pages"] != report["pages_without_text"] {
        wrong.extend(compare_description(sample, report, server));
    }
    wrong
}

fn compare_description(
    sample: &Sample,
    report: &serde_json::Value,
    server: &Server,
) -> Vec<String> {
    let expected = &sample.expected;
    let mut wrong = Vec::new();
    let id = report["id"].as_str().unwrap();
    let document = server.get(&format!("/api/v1/documents/{id}")).json();
    let mut differ = |field: &str, wanted: Option<&str>| {
        let Some(wanted) = wanted else { return };
        let found = document["description"][field]["value"].as_str().unwrap_or("");
        if plain(found) != plain(wanted) {
            wrong.push(format!("{field} is {found:?}, expected {wanted:?}"));
        }
    };
    differ("kind", expected.kind.as_deref());
    differ("number", expected.number.as_deref());
    differ("title", expected.title.as_deref());
    differ("date", expected.date.as_deref());
    differ("place", expected.place.as_deref());
    differ("issuer", expected.issuer.as_deref());
    differ("signatory", expected.signatory.as_deref());
    if let Some(year) = expected.year
        && document["description"]["year"]["value"] != year
    {
        let found = &document["description"]["year"]["value"];
        wrong.push(format!("year is {found}, expected {year}"));
    }
    wrong
}

fn compare_reading(sample: &Sample, report: &serde_json::Value, server: &Server) -> Vec<String> {
    let expected = &sample.expected;
    let mut wrong = Vec::new();
    let id = report["id"].as_str().unwrap();
    let counts = [("pages", expected.pages), ("pages_without_text", expected.pages_without_text)];
    for (field, wanted) in counts {
        if let Some(wanted) = wanted
            && report[field] != wanted
        {
            wrong.push(format!("{field} is {}, expected {wanted}", report[field]));
        }
    }
    let mut findings: Vec<&str> =
        report["findings"].as_array().unwrap().iter().filter_map(|code| code.as_str()).collect();
    findings.sort_unstable();
    findings.dedup();
    let mut wanted: Vec<&str> = expected.findings.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    if findings != wanted {
        wrong.push(format!("findings are {findings:?}, expected {wanted:?}"));
    }
    for passage in &expected.text_contains {
        let page = server.get(&format!("/api/v1/documents/{id}/pages/{}", passage.page)).json();
        let text = plain(page["text"].as_str().unwrap_or_default());
        if !text.contains(&plain(&passage.text)) {
            wrong.push(format!("page {} lacks {:?}", passage.page, passage.text));
        }
    }
    wrong
}
