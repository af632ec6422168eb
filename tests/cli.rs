//! The command line: what it prints, what it exits with, what it does with wrong input.

use std::fs;

use simars_testkit::run;

use crate::scene::{Scene, decision, program, sha256};

#[test]
fn a_folder_goes_in_once() {
    let scene = Scene::new();
    let one = decision(12, 2024, "perolehan kursi partai contoh");
    scene.file("satu.txt", &one);
    scene.file("dalam/dua.txt", decision(13, 2024, "tahapan pemilihan"));
    let folder = scene.root().join("files");

    let first = scene.ingest(&[&folder], &[]);
    assert_eq!(first.len(), 2);
    let report = first.iter().find(|report| report["sha256"] == sha256(&one)).unwrap();
    assert_eq!(report["status"], "registered");
    assert_eq!(report["kind"], "keputusan");
    assert_eq!(report["number"], "12");
    assert_eq!(report["year"], 2024);
    assert_eq!(report["title"], "PEROLEHAN KURSI PARTAI CONTOH");
    assert_eq!(report["pages"], 1);
    assert_eq!(report["pages_without_text"], 0);

    let second = scene.ingest(&[&folder], &[]);
    assert!(second.iter().all(|report| report["status"] == "duplicate"), "{second:?}");
    let ids = |reports: &[serde_json::Value]| {
        let mut ids: Vec<String> = reports.iter().map(|report| report["id"].to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&first), ids(&second));
}

#[test]
fn what_cannot_be_read_is_kept_and_what_is_empty_is_refused() {
    let scene = Scene::new();
    let broken = scene.file("rusak.pdf", b"%PDF-1.7\nnot really a document");
    let blob = scene.file("data.bin", [0u8, 159, 146, 150, 255, 0, 1, 2].repeat(50));
    let empty = scene.file("kosong.pdf", b"");
    let large = scene.file("besar.txt", "x".repeat(5_000));
    let reports = scene.ingest(&[&broken, &blob, &empty, &large], &["--max-size", "4000"]);
    let status = |name: &str| {
        let found = reports.iter().find(|report| report["path"].as_str().unwrap().ends_with(name));
        let found = found.unwrap_or_else(|| panic!("no report on {name}"));
        (found["status"].as_str().unwrap(), found["reason"].as_str().unwrap_or_default())
    };
    assert_eq!(status("rusak.pdf").0, "registered");
    assert!(!status("rusak.pdf").1.is_empty(), "a finding is told");
    assert_eq!(status("data.bin").0, "registered");
    assert_eq!(status("kosong.pdf"), ("refused", "the file is empty"));
    assert!(status("besar.txt").1.contains("larger than 4000 bytes"));
    let output = scene.simars(&["ingest", empty.to_str().unwrap()]);
    assert_eq!(output.code, Some(3), "{output:?}");
}

#[test]
fn an_import_list_goes_in_row_by_row() {
    let scene = Scene::new();
    let letter = scene.file("surat.txt", "Isi surat contoh yang tertutup.");
    scene.file("lain.txt", "Isi lain.");
    let list = scene.file(
        "daftar.csv",
        "path,kind,title,access,year\nsurat.txt,surat,Judul dari daftar,terbatas,2023\n\
         lain.txt,surat,Judul,rahasai,2023\ntidak-ada.txt,,,,\n",
    );
    let output = scene.simars(&["ingest", "--json", "--metadata", list.to_str().unwrap()]);
    assert_eq!(output.code, Some(3));
    assert!(output.stderr.contains("line 3, column access"), "{}", output.stderr);
    assert!(output.stderr.contains("line 4, column path"), "{}", output.stderr);
    let reports = output.json();
    let report = reports.iter().find(|report| report["title"] == "Judul dari daftar").unwrap();
    assert_eq!(report["status"], "registered");
    let refused = reports.iter().find(|report| report["status"] == "refused").unwrap();
    assert!(refused["reason"].as_str().unwrap().contains("import list"), "{refused}");
    assert_eq!(reports.last().unwrap()["totals"]["bad_rows"], 2);

    let verified = scene.simars(&["verify", letter.to_str().unwrap(), "--json"]);
    assert_eq!(verified.code, Some(0), "the owner may ask: {verified:?}");
}

#[test]
fn verify_tells_by_its_exit_code() {
    let scene = Scene::new();
    let genuine = scene.file("asli.txt", decision(1, 2024, "hal contoh"));
    let altered = scene.file("ubah.txt", decision(1, 2024, "hal contoh").replace('1', "7"));
    scene.ingest(&[&genuine], &[]);
    let output = scene.simars(&["verify", genuine.to_str().unwrap()]);
    assert_eq!(output.code, Some(0));
    assert!(output.stdout.contains("genuine"), "{}", output.stdout);
    let output = scene.simars(&["verify", altered.to_str().unwrap()]);
    assert_eq!(output.code, Some(21));
    assert!(output.stdout.contains("does not prove a forgery"), "{}", output.stdout);
    let output = scene.simars(&["ingest", "--draft", altered.to_str().unwrap()]);
    assert_eq!(output.code, Some(0));
    assert_eq!(scene.simars(&["verify", altered.to_str().unwrap()]).code, Some(10));
}

#[test]
fn search_finds_by_words_and_by_number() {
    let scene = Scene::new();
    let one = scene.file("a.txt", decision(12, 2024, "alokasi kursi daerah pemilihan"));
    let two = scene.file("b.txt", decision(120, 2024, "kursi roda dan sarana, lihat nomor 12"));
    scene.ingest(&[&one, &two], &[]);
    for query in ["keputusan 12 tahun 2024", "alokasi daerah", "nomor:12 tahun:2024"] {
        let output = scene.simars(&["search", query, "--json"]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        let answer = &output.json()[0];
        assert_eq!(answer["hits"][0]["sha256"], sha256(fs::read(&one).unwrap()), "{query}");
    }
    let corrected = scene.simars(&["search", "alokqsi"]);
    assert!(corrected.stdout.contains("searched for: alokasi ("), "{}", corrected.stdout);
    let exact = scene.simars(&["search", "alokqsi", "--exact", "--json"]).json();
    assert_eq!((&exact[0]["total"], &exact[0]["did_you_mean"]), (&0.into(), &"alokasi".into()));
    let nothing = scene.simars(&["search", "zzzzqqqq", "--json"]);
    assert_eq!(nothing.json()[0]["total"], 0);
}

#[test]
fn views_come_back() {
    let scene = Scene::new();
    let file = scene.file("a.txt", decision(5, 2023, "rekapitulasi suara"));
    scene.ingest(&[&file], &[]);
    let find = || scene.simars(&["search", "rekapitulasi", "--json"]).json()[0]["total"].clone();
    assert_eq!(find(), 1);
    fs::remove_dir_all(scene.data().join("views")).unwrap();
    assert_eq!(find(), 1);
    fs::remove_dir_all(scene.data().join("views/index")).unwrap();
    assert_eq!(find(), 1);
    assert_eq!(scene.simars(&["rebuild"]).code, Some(0));
    assert_eq!(find(), 1);
    assert_eq!(scene.simars(&["check"]).code, Some(0));
}

#[test]
fn damage_is_told_and_a_cut_segment_is_mended() {
    let scene = Scene::new();
    let one = scene.file("a.txt", decision(5, 2023, "satu"));
    let two = scene.file("b.txt", decision(6, 2023, "dua"));
    scene.ingest(&[&one], &[]);
    scene.ingest(&[&two], &[]);
    let segment = scene.data().join("store/journal/00000002.jsonl");
    let bytes = fs::read(&segment).unwrap();
    fs::write(&segment, &bytes[..bytes.len() - 20]).unwrap();
    let output = scene.simars(&["verify", one.to_str().unwrap()]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stderr.contains("has been repaired"), "{}", output.stderr);
    assert_eq!(scene.simars(&["verify", two.to_str().unwrap()]).code, Some(21));
    let again = scene.ingest(&[&two], &[]);
    assert_eq!(again[0]["status"], "registered");

    let object = scene.data().join("store/objects");
    let digest = sha256(fs::read(&one).unwrap());
    fs::write(object.join(&digest[..2]).join(&digest[2..4]).join(&digest), b"lain").unwrap();
    let output = scene.simars(&["check", "--json"]);
    assert_eq!(output.code, Some(3));
    assert!(output.stdout.contains(&digest), "{}", output.stdout);
}

#[test]
fn wrong_usage_gets_a_hint() {
    let scene = Scene::new();
    let output = scene.simars(&["ingest"]);
    assert_eq!(output.code, Some(1));
    assert!(output.stderr.contains("hint:"), "{}", output.stderr);
    let output = scene.simars(&["ingest", "/tidak/ada.pdf"]);
    assert_eq!(output.code, Some(1));
    assert!(output.stderr.contains("/tidak/ada.pdf"), "{}", output.stderr);
    let output = scene.simars(&["verify", "/tidak/ada.pdf"]);
    assert_eq!(output.code, Some(1));
    let file = scene.file("a.txt", "x");
    let output = scene.simars(&["verify", file.to_str().unwrap()]);
    assert_eq!(output.code, Some(1), "no archive there yet");
    assert!(output.stderr.contains("no archive"), "{}", output.stderr);
    assert_eq!(run(program(), &["frobnicate"]).code, Some(2));
    assert_eq!(run(program(), &["--version"]).stdout, "simars 0.1.0\n");
}

#[test]
fn two_ingests_at_the_same_time_register_each_file_once() {
    let scene = Scene::new();
    for number in 0..60 {
        scene.file(&format!("{number}.txt"), decision(number, 2024, "berbarengan"));
    }
    let folder = scene.root().join("files");
    let reports: Vec<serde_json::Value> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..2).map(|_| scope.spawn(|| scene.ingest(&[&folder], &[]))).collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    let count = |status: &str| reports.iter().filter(|report| report["status"] == status).count();
    assert_eq!((count("registered"), count("duplicate")), (60, 60));
}

#[cfg(unix)]
#[test]
fn a_full_disk_and_a_closed_folder_lose_nothing() {
    let scene = Scene::new();
    let one = scene.file("a.txt", decision(5, 2023, "satu"));
    scene.ingest(&[&one], &[]);
    let two = scene.file("b.txt", "y".repeat(200_000));
    // A limit on file size stands in for the full disk: the write fails the same way.
    let script = format!(
        "ulimit -f 64; trap '' XFSZ; exec {} ingest --json {} --data {}",
        program().display(),
        two.display(),
        scene.data().display()
    );
    let output = run(std::path::Path::new("/bin/sh"), &["-c", &script]);
    assert_ne!(output.code, Some(0), "{output:?}");
    assert_eq!(scene.simars(&["verify", one.to_str().unwrap()]).code, Some(0));
    assert_eq!(scene.simars(&["check"]).code, Some(0));
    assert_eq!(scene.ingest(&[&two], &[])[0]["status"], "registered");
}

#[test]
fn a_document_is_changed_by_command() {
    let scene = Scene::new();
    let old = decision(21, 2025, "contoh yang diganti");
    let path = scene.file("lama.txt", &old);
    let draft = scene.ingest(&[&path], &["--draft"]);
    let id = draft[0]["id"].as_str().unwrap();
    let change = |arguments: &[&str]| {
        let mut all = vec!["change", id, "--json"];
        all.extend(arguments);
        let output = scene.simars(&all);
        assert_eq!(output.code, Some(0), "{output:?}");
        output.json().remove(0)
    };
    assert_eq!(scene.simars(&["verify", path.to_str().unwrap()]).code, Some(10));
    let published = change(&["publish"]);
    assert_eq!(published["publication"], "published");
    assert_eq!(published["changed"], true);
    assert_eq!(change(&["publish"])["changed"], false);
    assert_eq!(scene.simars(&["verify", path.to_str().unwrap()]).code, Some(0));

    let new = scene.file("baru.txt", old.replace("20 Mei", "21 Mei"));
    let replaced = change(&["replace", new.to_str().unwrap()]);
    assert_eq!((&replaced["status"], &replaced["id"]), (&"replaced".into(), &id.into()));
    assert_eq!(scene.simars(&["verify", new.to_str().unwrap()]).code, Some(0));
    let older = scene.simars(&["verify", path.to_str().unwrap()]);
    assert_eq!(older.code, Some(10), "the older version is genuine, but superseded: {older:?}");
    let again = scene.simars(&["change", id, "replace", path.to_str().unwrap()]);
    assert_eq!(again.code, Some(3));
    assert!(again.stderr.contains("registered already"), "{}", again.stderr);

    change(&["correct", "title=Judul yang benar", "year=2024"]);
    let act = "Undang-Undang Nomor 1 Tahun 2019";
    assert_eq!(change(&["relate", "revokes", act])["changed"], true);
    assert_eq!(change(&["unrelate", "revokes", act])["changed"], true);
    let unknown = scene.simars(&["change", id, "unrelate", "amends", act]);
    assert!(unknown.stderr.contains("nothing says that it amends"), "{}", unknown.stderr);
    assert_eq!(change(&["access", "terbatas"])["access"], "terbatas");
    let hidden = scene.simars(&["search", "--json", "contoh"]);
    assert!(hidden.stdout.contains("Judul yang benar"), "the owner finds it: {hidden:?}");
    assert_eq!(change(&["withdraw"])["publication"], "withdrawn");
    assert_eq!(scene.simars(&["check"]).code, Some(0));

    let wrong = scene.simars(&["change", id, "correct", "tittle=x"]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.contains("no column \"tittle\""), "{}", wrong.stderr);
    let absent = scene.simars(&["change", "aaaaaaaaaaaaaaaaaaaaaaaaab", "publish"]);
    assert!(absent.code == Some(3) || absent.code == Some(2), "{absent:?}");
}
