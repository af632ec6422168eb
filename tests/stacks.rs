//! Stacks of papers with separator sheets between them, through the whole program: the command
//! line, the API, uploads that go on, the watched folder.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use simars_certificate::Qr;
use simars_testkit::paper::{Paper, stream};
use simars_testkit::scan::{self, Picture};
use simars_testkit::{Server, program::command, run};

use crate::scene::{Scene, program, sha256};

const DPI: u32 = 75;
/// What a sheet of these tests states.
const STATED: &str = "SIMARS-PISAH/1/K:KEPUTUSAN/U:TEKNIS/C:PL.01.8/A:TERBATAS";

fn sheet(text: &str) -> Picture {
    let qr = Qr::sturdy(text).unwrap();
    Picture::with_code(DPI, qr.side(), 1.0, |x, y| qr.is_dark(x, y))
}

fn plain() -> Picture {
    sheet("SIMARS-PISAH/1")
}

fn page(number: u64) -> Picture {
    Picture::written(DPI, number)
}

/// Pages 1–2, a sheet that states something, 4, a sheet on its head, another, 7–8, a last sheet.
pub(crate) fn stack() -> Vec<u8> {
    let stated = sheet(STATED).turned(2.0).worn(3, 20);
    let pages = [
        page(1),
        page(2),
        stated,
        page(4),
        plain().turned(180.0),
        plain(),
        page(7),
        page(8),
        plain(),
    ];
    scan::pdf(&pages, DPI)
}

/// Where the documents of [`stack`] lie.
const PARTS: [(u64, u64); 3] = [(1, 2), (4, 4), (7, 8)];

fn parts(report: &Value) -> &Vec<Value> {
    report["parts"].as_array().unwrap_or_else(|| panic!("no parts: {report}"))
}

fn ids(report: &Value) -> Vec<String> {
    parts(report).iter().map(|part| part["id"].as_str().unwrap().to_owned()).collect()
}

/// What a report says of [`stack`], however it came.
fn is_apart(report: &Value, status: &str, name: &str) {
    assert_eq!(report["status"], status, "{report}");
    assert_eq!(report["sha256"], sha256(stack()));
    assert_eq!(report["id"], parts(report)[0]["id"]);
    assert_eq!(report["pages"], 5, "{report}");
    assert_eq!(parts(report).len(), PARTS.len(), "{report}");
    for (part, (first, last)) in parts(report).iter().zip(PARTS) {
        assert_eq!((&part["status"], &part["pages"]), (&json!(status), &json!(last - first + 1)));
        let stack = json!({"file_name": name, "sha256": sha256(stack()), "first": first, "last": last, "pages": 9});
        assert_eq!(part["stack"], stack, "{part}");
    }
}

/// Asks as the owner of the data folder.
fn document(server: &Server, id: &str) -> Value {
    let bearer = format!("Bearer {}", server.token());
    let found = server.get_with(&format!("/api/v1/documents/{id}"), &[("authorization", &bearer)]);
    assert_eq!(found.status, 200, "{}", found.text());
    found.json()
}

fn post(server: &Server, query: &str, bytes: &[u8]) -> (u16, Value) {
    let bearer = format!("Bearer {}", server.token());
    let path = format!("/api/v1/documents?{query}");
    let answer = server.post(&path, &[("authorization", &bearer)], bytes);
    (answer.status, answer.json())
}

fn whole(report: &Value, why: &str) {
    assert!(report["parts"].is_null(), "{report}");
    assert_eq!(report["findings"][0], "not-split", "{report}");
    assert!(report["reason"].as_str().unwrap().contains(why), "{report}");
}

#[test]
fn a_stack_becomes_one_document_for_each_part_and_only_once() {
    let scene = Scene::new();
    let file = scene.file("tumpukan.pdf", stack());
    let report = &scene.ingest(&[&file], &["--later"])[0];
    is_apart(report, "registered", "tumpukan.pdf");
    assert_eq!(parts(report)[1]["kind"], "keputusan");
    assert!(parts(report)[2]["path"].as_str().unwrap().ends_with("tumpukan-bagian-3.pdf"));
    // Under another name, too: its parts are known.
    let again = scene.file("lagi/pindaian.pdf", stack());
    let known = &scene.ingest(&[&again], &["--later"])[0];
    is_apart(known, "duplicate", "pindaian.pdf");
    assert_eq!(ids(known), ids(report));
    let text = scene.simars(&["ingest", "--later", again.to_str().unwrap()]);
    assert_eq!(text.code, Some(0));
    assert_eq!(text.stderr.matches("registered before").count(), 4, "{}", text.stderr);
    assert_eq!(scene.simars(&["check"]).code, Some(0));

    let server = scene.serve(&[]);
    let ids = ids(report);
    let found = document(&server, &ids[1]);
    assert_eq!(found["access"], "terbatas");
    assert_eq!(found["description"]["classification"]["value"], "PL.01.8");
    let origin = json!({"file_name": "tumpukan.pdf", "sha256": sha256(stack()), "first": 4, "last": 4, "pages": 9});
    assert_eq!(found["stack"], origin);
    assert_eq!(document(&server, &ids[0])["access"], "biasa");
    // Readers are not told what lay beside it.
    let public = server.get(&format!("/api/v1/documents/{}", ids[0])).json();
    assert_eq!((&public["id"], &public["stack"]), (&json!(ids[0]), &Value::Null));
    assert_eq!(server.get(&format!("/api/v1/documents/{}", ids[1])).status, 404);
    // The pages are those of the scan, and none of them is a sheet.
    let content = server.get(&format!("/api/v1/documents/{}/content", ids[2])).body;
    let has = |picture: &Picture| {
        content.windows(picture.points.len()).any(|bytes| bytes == picture.points)
    };
    assert!(has(&page(7)) && has(&page(8)) && !has(&plain()) && !has(&page(2)));
}

#[test]
fn a_stack_stays_whole_where_it_must() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let three = [page(11), plain(), page(13)];
    let mut signed = Paper::over(scan::pdf(&three, DPI));
    signed.sign("adbe.pkcs7.detached", "", |_| vec![0x30, 0]);
    let (status, report) = post(&server, "name=ttd.pdf&draft=1", &signed.bytes);
    assert_eq!(status, 201);
    whole(&report, "separator sheets on pages 2, but the file is signed");

    let mut cut = scan::pdf(&three, DPI);
    cut.truncate(cut.len() - "%%EOF\n".len());
    whole(&post(&server, "name=cut.pdf&draft=1", &cut).1, "the file may be cut off");
    // The parts would not have what is inside the file beside its pages.
    let mut carrying = Paper::over(scan::pdf(&three, DPI));
    let names = "/Names<</EmbeddedFiles<</Names[(a.txt) 90 0 R]>>>>";
    carrying.add(&[
        carrying.catalogue(names),
        (90, "<</Type/Filespec/F(a.txt)/EF<</F 91 0 R>>>>".to_owned()),
        (91, stream("/Type/EmbeddedFile", "isi")),
    ]);
    whole(&post(&server, "name=isi.pdf&draft=1", &carrying.bytes).1, "1 file inside the file");
    let (_, titled) = post(&server, "name=b.pdf&number=12&access=biasa", &scan::pdf(&three, DPI));
    whole(&titled, "that of one document");
    assert_eq!(document(&server, titled["id"].as_str().unwrap())["versions"][0]["pages"], 3);
    let only_sheets = scan::pdf(&[plain(), sheet(STATED)], DPI);
    let (_, empty) = post(&server, "name=c.pdf", &only_sheets);
    whole(&empty, "no pages between");
    // What a sheet closes is closed, also where nothing is taken apart.
    assert_eq!(document(&server, empty["id"].as_str().unwrap())["access"], "terbatas");
    let unknown = scan::pdf(&[sheet("SIMARS-PISAH/1/K:ENTAH"), page(14)], DPI);
    whole(&post(&server, "name=d.pdf&draft=1", &unknown).1, "entah");

    // Nobody looks where nobody is to look, and nothing that was not scanned is looked at.
    let (_, told) = post(&server, "name=e.pdf&draft=1&split=no", &stack());
    assert!(told["parts"].is_null() && !told["findings"].to_string().contains("not-split"));
    assert_eq!(told["pages"], 9);
    let printed = scene.root().join("lembar.pdf");
    let printed = printed.to_str().unwrap();
    let made = run(program(), &["sheets", "--count", "3", "--unit", "TEKNIS", "--out", printed]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let (_, drawn) = post(&server, "name=f.pdf&draft=1", &fs::read(printed).unwrap());
    assert_eq!((&drawn["pages"], &drawn["parts"]), (&json!(3), &Value::Null), "{drawn}");
    let (status, _) = post(&server, "name=g.pdf&split=mungkin", b"x");
    assert_eq!(status, 400);
}

#[test]
fn a_tiff_is_taken_apart_into_tiffs() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let pages = [plain(), page(31), sheet(STATED), page(33), page(34)];
    let (status, report) = post(&server, "name=a.tif&draft=1", &scan::tiff(&pages, DPI));
    assert_eq!((status, parts(&report).len()), (201, 2), "{report}");
    let second = document(&server, &ids(&report)[1]);
    let version = &second["versions"][0];
    let told = (&version["media_type"], &version["file_name"], &version["pages"]);
    assert_eq!(told, (&json!("image/tiff"), &json!("a-bagian-2.tif"), &json!(2)));
    let (status, again) = post(&server, "name=b.tif&draft=1", &scan::tiff(&pages, DPI));
    assert_eq!((status, &again["status"]), (200, &json!("duplicate")));
}

#[test]
fn what_is_given_goes_before_what_a_sheet_says() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let (status, report) =
        post(&server, "name=t.pdf&draft=1&kind=berita-acara&unit=HUKUM&access=biasa", &stack());
    assert_eq!(status, 201);
    is_apart(&report, "registered", "t.pdf");
    assert!(parts(&report).iter().all(|part| part["kind"] == "berita-acara"), "{report}");
    let found = document(&server, &ids(&report)[1]);
    // Of two classes the more closed one counts.
    assert_eq!(found["access"], "terbatas");
    let (status, again) = post(&server, "name=t.pdf&draft=1", &stack());
    assert_eq!(status, 200);
    is_apart(&again, "duplicate", "t.pdf");
}

#[test]
fn a_server_that_works_for_the_command_line_tells_all_parts() {
    let scene = Scene::new();
    let _server = scene.serve(&[]);
    let file = scene.file("tumpukan.pdf", stack());
    let whole = &scene.ingest(&[&file], &["--later", "--no-split"])[0];
    assert!(whole["parts"].is_null() && whole["pages"] == 9, "{whole}");
    // The file is known now as one document.
    assert_eq!(scene.ingest(&[&file], &["--later"])[0]["status"], "duplicate");
    let other = [page(21), plain(), page(23)];
    let other = scene.file("lain.pdf", scan::pdf(&other, DPI));
    let report = &scene.ingest(&[&other], &["--later"])[0];
    assert_eq!((report["status"].as_str(), parts(report).len()), (Some("registered"), 2));
}

#[test]
fn a_watched_folder_takes_stacks_apart_and_says_so() {
    let scene = Scene::new();
    let scans = scene.root().join("pindaian");
    fs::create_dir(&scans).unwrap();
    fs::write(scans.join("tumpukan.pdf"), stack()).unwrap();
    let folder = scans.to_str().unwrap();
    let server = scene.serve(&["--watch", folder, "--watch-settle", "0"]);
    let told = until(&server, "part of a scan", PARTS.len());
    let line = told.lines().rfind(|line| line.contains("part of a scan"));
    let line: Value = serde_json::from_str(line.unwrap()).unwrap();
    let id = line["fields"]["id"].as_str().unwrap();
    let found = document(&server, id);
    assert_eq!((&found["status"], &found["stack"]["first"]), (&json!("draft"), &json!(7)));
    let aside = |name: &str| names(&scans.join(name));
    assert!(aside("diterima").ends_with("tumpukan.pdf"), "{}", aside("diterima"));
    assert_eq!(aside("ditolak"), "");
}

/// Waits until the log has a text so many times.
fn until(server: &Server, text: &str, times: usize) -> String {
    for _ in 0..1200 {
        let log = server.log();
        if log.matches(text).count() >= times {
            return log;
        }
        std::thread::park_timeout(Duration::from_millis(25));
    }
    panic!("the log never said {text}:\n{}", server.log());
}

/// The files below a folder, in one line.
fn names(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: std::path::PathBuf| match path.is_dir() {
        true => names(&path),
        false => path.display().to_string(),
    };
    entries.map(name).collect()
}

/// A crash in the middle leaves all of a stack or nothing of it, and either way it is taken once.
#[test]
fn a_stack_is_registered_whole_or_not_at_all() {
    let scene = Scene::new();
    let file = scene.file("tumpukan.pdf", stack());
    let data = scene.data();
    let arguments = ["ingest", "--later", "--json", "--data", data.to_str().unwrap()];
    for patience in [20, 60, 120, 200, 300, 450] {
        let mut child = command(program())
            .args(arguments)
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::park_timeout(Duration::from_millis(patience));
        child.kill().unwrap();
        child.wait().unwrap();
        let check = scene.simars(&["check"]);
        let counted = scene.simars(&["check", "--json"]).json();
        assert!(check.code == Some(0) || !data.join("store").exists(), "{check:?}");
        let documents = counted.first().and_then(|report| report["documents"].as_u64());
        assert!(documents.is_none_or(|count| count == 0 || count == 3), "{counted:?}");
    }
    let report = &scene.ingest(&[&file], &["--later"])[0];
    assert!(["registered", "duplicate"].contains(&report["status"].as_str().unwrap()));
    assert_eq!(parts(report).len(), 3);
    is_apart(&scene.ingest(&[&file], &["--later"])[0], "duplicate", "tumpukan.pdf");
}
