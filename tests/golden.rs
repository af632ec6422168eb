//! The samples against what is expected of them, through the whole program.

use simars_record::description::REVIEW_BELOW;
use simars_testkit::sample::ExpectedSignature;
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
    let id = report["id"].as_str().expect("what is registered has an id");
    let document = server.get(&format!("/api/v1/documents/{id}")).json();
    wrong.extend(compare_signatures(sample, &document));
    // Nothing can be described of which nothing can be read: a locked file, or a scan where no
    // recognition engine is installed.
    let coverage = &document["coverage"];
    if coverage["pages"] != coverage["pages_without_text"] {
        wrong.extend(compare_description(sample, report, server));
        wrong.extend(compare_recognition(sample, id, server));
    }
    wrong
}

/// A sample that is not signed has no signatures.
fn compare_signatures(sample: &Sample, document: &serde_json::Value) -> Option<String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let array = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let signatures = array(&document["signatures"]["signatures"]);
    let found = signatures.iter().map(|signature| ExpectedSignature {
        signer: text(&signature["signer"]["name"]),
        integrity: text(&signature["integrity"]["verdict"]),
        whole_file: signature["coverage"]["whole_file"] == true,
        later: array(&signature["later"]).iter().map(|step| text(&step["class"])).collect(),
    });
    let found: Vec<_> = found.collect();
    let expected = &sample.expected.signatures;
    (found != *expected).then(|| format!("signatures are {found:?}, expected {expected:?}"))
}

/// What it amends and revokes must be told, and nothing else.
fn compare_relations(sample: &Sample, document: &serde_json::Value) -> Option<String> {
    let verb = |kind: &str| match kind {
        "revokes" => Some("mencabut"),
        "amends" => Some("mengubah"),
        _ => None,
    };
    let told = document["description"]["relations"].as_array().into_iter().flatten();
    let found: Vec<String> = told
        .filter_map(|told| {
            let target = &told["target"];
            let text = |value: &serde_json::Value| value.as_str().unwrap_or("").to_owned();
            let (kind, number) = (text(&target["kind"]), text(&target["number"]));
            let verb = verb(told["kind"].as_str().unwrap_or(""))?;
            Some(format!("{verb} {kind} {number} {}", target["year"]))
        })
        .collect();
    let wanted = sample.expected.relations.iter().map(|wanted| {
        let number = wanted.number.to_lowercase();
        format!("{} {} {number} {}", wanted.relation, wanted.kind, wanted.year)
    });
    let wanted: Vec<String> = wanted.collect();
    (found != wanted).then(|| format!("it does {found:?}, expected {wanted:?}"))
}

/// What stands at the end of some samples: a member of the description, and its value.
const ENDS: [(&str, &str, &str); 12] = [
    ("keputusan-457-2024", "/office/value", "Ketua Komisi Pemilihan Umum Provinsi Contoh"),
    ("keputusan-457-2024", "/effective/value", "2024-05-20"),
    ("keputusan-457-2024", "/copy/value", "Salinan sesuai dengan aslinya"),
    ("keputusan-457-2024", "/copy_signatory/value", "Nama Contoh Delapan"),
    (
        "keputusan-457-2024",
        "/copy_office/value",
        "Sekretariat Komisi Pemilihan Umum Provinsi Contoh, Kepala Bagian Hukum dan Hubungan Masyarakat",
    ),
    ("keputusan-457-2024", "/annexes/1/value/label", "Lampiran II"),
    ("keputusan-457-2024", "/annexes/1/value/title", "PEROLEHAN KURSI PARTAI POLITIK"),
    ("keputusan-457-2024", "/annexes/1/evidence/page", "4"),
    ("keputusan-47-2020", "/office/value", "Plt. Ketua Komisi Pemilihan Umum Provinsi Contoh"),
    ("peraturan-bupati-9-2022", "/promulgated/value", "2022-10-06"),
    ("peraturan-bupati-9-2022", "/effective/value", "2022-10-06"),
    ("peraturan-bupati-9-2022", "/office/value", "Bupati Contoh Selatan"),
];

fn compare_ends(sample: &Sample, document: &serde_json::Value) -> Vec<String> {
    let name = sample.path.file_name().unwrap_or_default().to_string_lossy();
    let of_sample = ENDS.iter().filter(|(file, ..)| name.starts_with(file));
    let wrong = of_sample.filter_map(|(_, member, wanted)| {
        let found = document["description"].pointer(member).map(|found| match found.as_str() {
            Some(text) => text.to_owned(),
            None => found.to_string(),
        });
        let right = found.as_deref() == Some(*wanted);
        (!right).then(|| format!("{member} is {found:?}, expected {wanted:?}"))
    });
    wrong.collect()
}

/// Recognition may misread a word here and there, but not a whole passage.
fn compare_recognition(sample: &Sample, id: &str, server: &Server) -> Vec<String> {
    let mut wrong = Vec::new();
    for passage in &sample.expected.image_shows {
        let page = server.get(&format!("/api/v1/documents/{id}/pages/{}", passage.page)).json();
        let text = plain(page["text"].as_str().unwrap_or_default());
        let read: Vec<&str> = text.split(' ').collect();
        let passage_text = plain(&passage.text);
        let words: Vec<&str> = passage_text.split(' ').collect();
        let found = words.iter().filter(|word| read.contains(word)).count();
        if found * 10 < words.len() * 8 {
            wrong.push(format!("page {} shows {passage_text:?}, read was {text:?}", passage.page));
        }
    }
    wrong
}

/// Every expected field must be right. Kind, number, year, title and date are put before a person
/// when in doubt; place, signatory and issuer are not, so these must be sure as well, and none may
/// be claimed that the document has not.
fn compare_description(
    sample: &Sample,
    report: &serde_json::Value,
    server: &Server,
) -> Vec<String> {
    let expected = &sample.expected;
    let id = report["id"].as_str().expect("what is registered has an id");
    let document = server.get(&format!("/api/v1/documents/{id}")).json();
    let year = expected.year.map(|year| year.to_string());
    let recognised_from_picture = !expected.image_shows.is_empty();
    let mut wrong = Vec::new();
    wrong.extend(compare_relations(sample, &document));
    wrong.extend(compare_ends(sample, &document));
    for (field, wanted, must_be_sure) in [
        ("kind", &expected.kind, false),
        ("number", &expected.number, false),
        ("year", &year, false),
        ("title", &expected.title, false),
        ("date", &expected.date, false),
        ("place", &expected.place, true),
        ("signatory", &expected.signatory, true),
        ("issuer", &expected.issuer, true),
    ] {
        let recognised = &document["description"][field];
        let found = match &recognised["value"] {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        };
        let confidence = recognised["confidence"].as_f64().unwrap_or(0.0);
        let sure = confidence >= f64::from(REVIEW_BELOW);
        let right = match wanted {
            // A digit or a letter may be misread; then nobody may be sure of it.
            Some(wanted) if recognised_from_picture && (must_be_sure || field == "number") => {
                !sure || plain(&found) == plain(wanted)
            }
            Some(wanted) => plain(&found) == plain(wanted) && (sure || !must_be_sure),
            None => !(sure && must_be_sure),
        };
        if !right {
            let wanted = wanted.as_deref().unwrap_or("nothing sure");
            wrong.push(format!("{field} is {found:?} ({confidence:.2}), expected {wanted:?}"));
        }
    }
    wrong
}

fn compare_reading(sample: &Sample, report: &serde_json::Value, server: &Server) -> Vec<String> {
    let expected = &sample.expected;
    let mut wrong = Vec::new();
    let id = report["id"].as_str().expect("what is registered has an id");
    let counts = [("pages", expected.pages), ("pages_without_text", expected.pages_without_text)];
    for (field, wanted) in counts {
        if let Some(wanted) = wanted
            && report[field] != wanted
        {
            wrong.push(format!("{field} is {}, expected {wanted}", report[field]));
        }
    }
    let mut findings: Vec<&str> = report["findings"]
        .as_array()
        .expect("a report lists findings")
        .iter()
        .filter_map(|code| code.as_str())
        // Of the machine, not of the sample: whether an engine is installed.
        .filter(|code| *code != "recognition-missing")
        .collect();
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
