//! The command line of classification and retention, alone and through a running server; a schedule
//! as a workbook, read by the confined reader.

use std::fs;

use simars_testkit::mutation::packed;
use simars_testkit::project;

use crate::scene::{Scene, decision};

/// A schedule as a workbook: texts in the cells, and years as numbers.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let cell = |column: usize, row: usize, text: &str| {
        let place = format!("{}{}", char::from(b'A' + column as u8), row + 1);
        match text.parse::<u32>() {
            Ok(number) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
            Err(_) => {
                format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
            }
        }
    };
    let row = |(number, cells): (usize, &&[&str])| {
        let cells: String =
            cells.iter().enumerate().map(|(column, text)| cell(column, number, text)).collect();
        format!("<row r=\"{}\">{cells}</row>", number + 1)
    };
    let rows: String = rows.iter().enumerate().map(row).collect();
    let sheet = format!("<w><sheetData>{rows}</sheetData></w>");
    packed(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        ),
        ("xl/workbook.xml", "<w xmlns:r='r'><sheets><sheet name='Jadwal' r:id='r1'/></sheets></w>"),
        (
            "xl/_rels/workbook.xml.rels",
            "<R><Relationship Id='r1' Target='worksheets/sheet1.xml'/></R>",
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_str()),
    ])
}

#[test]
fn the_schedule_of_the_samples_is_whole_and_says_that_it_is_none() {
    let scene = Scene::new();
    let path = project().join("samples/jadwal-contoh.csv");
    let path = path.to_str().unwrap();
    let looked = scene.simars(&["schedule", "import", path, "--dry-run", "--json"]);
    assert_eq!(looked.code, Some(0), "{}", looked.stderr);
    let report = &looked.json()[0];
    assert_eq!(report["errors"], serde_json::json!([]));
    assert_eq!(report["notes"], serde_json::json!([]));
    assert_eq!((&report["demonstration"], &report["stated"].is_null()), (&true.into(), &true));
    let taken = scene.simars(&["schedule", "import", path, "--valid-from", "2020-01-01"]);
    assert_eq!(taken.code, Some(0), "{}", taken.stderr);
    assert!(taken.stderr.contains("made for show"), "{}", taken.stderr);
    let shown = scene.simars(&["schedule", "show"]).stdout;
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), fs::read_to_string(path).unwrap().lines().count() - 1);
    assert!(lines.iter().all(|line| line.ends_with("contoh, bukan JRA")), "{shown}");
    let listed = scene.simars(&["schedule", "list"]).stdout;
    assert!(listed.contains("2020-01-01") && listed.contains("in force"), "{listed}");
}

#[test]
fn a_workbook_goes_in_row_by_row() {
    let scene = Scene::new();
    let head: &[&str] = &["Kode", "Uraian", "Retensi Aktif", "Retensi Inaktif", "Nasib Akhir"];
    let wrong = workbook(&[
        &["DAFTAR CONTOH"],
        head,
        &["XX", "Contoh"],
        &["XX.01", "Buku", "1", "2 Tahun", "Musnah"],
        &["XX.01", "Buku lagi", "1", "2 Tahun", "Musnah"],
        &["XX 02", "Naskah", "1 Tahun setelah acara", "-", "Permanen"],
    ]);
    let file = scene.file("jadwal.xlsx", &wrong);
    let file = file.to_str().unwrap();
    let refused = scene.simars(&["schedule", "import", file]);
    assert_eq!(refused.code, Some(3), "{refused:?}");
    for part in
        ["line 5, column kode: XX.01 stands in line 4", "line 6, column kode", "nothing was taken"]
    {
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
    assert_eq!(scene.simars(&["schedule", "list"]).stdout, "");
    let taken = scene.simars(&["schedule", "import", file, "--skip-wrong"]);
    assert_eq!(taken.code, Some(0), "{taken:?}");
    let shown = scene.simars(&["schedule", "show"]).stdout;
    assert!(shown.contains("XX.01\tBuku\t1 Tahun; 2 Tahun; musnah"), "{shown}");
    let blob = scene.file("jadwal.pdf", b"%PDF-1.7\nnothing");
    let blob = scene.simars(&["schedule", "import", blob.to_str().unwrap()]);
    assert_eq!(blob.code, Some(1));
    assert!(blob.stderr.contains("hint"), "{}", blob.stderr);
}

#[test]
fn a_document_from_its_code_to_the_day_on_which_it_falls_due() {
    let scene = Scene::new();
    let file = scene.file("a.txt", decision(12, 2024, "peminjaman buku contoh"));
    let id = scene.ingest(&[&file], &[])[0]["id"].as_str().unwrap().to_owned();
    let text = "kode;uraian;aktif;inaktif;nasib akhir\nXX;Contoh;;;\nXX.01;Peminjaman buku;1 Tahun;1 \
                Tahun;Dinilai kembali\nXX.02;Lain;1 Tahun setelah acara;-;Musnah\n";
    let schedule = scene.file("jadwal.csv", text);
    let schedule = schedule.to_str().unwrap();
    let from = ["--valid-from", "2020-01-01"];
    let run = |arguments: &[&str]| {
        let output = scene.simars(arguments);
        assert_eq!(output.code, Some(0), "{arguments:?}: {}", output.stderr);
        output.stdout
    };
    run(&["schedule", "import", schedule, from[0], from[1]]);
    let wrong = scene.simars(&["change", &id, "classify", "XX.09"]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.contains("XX is in it"), "{}", wrong.stderr);
    run(&["change", &id, "classify", "XX.01"]);
    let due = run(&["schedule", "due", "--month", "2026-05"]);
    assert!(due.starts_with(&format!("2026-05-20\tnilai\tXX.01\t{id}")), "{due}");

    // The same through the server that owns the folder.
    let server = scene.serve(&[]);
    assert_eq!(run(&["schedule", "due", "--month", "2026-05"]).lines().count(), 1);
    run(&["change", &id, "classify", "XX.02"]);
    assert_eq!(run(&["schedule", "due", "--month", "2026-05"]), "");
    run(&["change", &id, "trigger", "2024-02-29"]);
    let due = run(&["schedule", "due", "--month", "2025-02", "--json"]);
    assert!(due.contains("\"day\":\"2025-02-28\""), "{due}");
    run(&["change", &id, "hold", "sengketa contoh"]);
    assert_eq!(run(&["schedule", "due", "--month", "2025-02"]), "");
    run(&["change", &id, "release"]);
    let shorter = text.replace("1 Tahun setelah", "3 Tahun setelah");
    let again = scene.file("lain.csv", shorter);
    let told = run(&["schedule", "import", again.to_str().unwrap(), from[0], from[1]]);
    assert!(told.contains("XX.02\tchanged\t1 documents"), "{told}");
    assert!(told.contains("version 2 is stated"), "{told}");
    assert!(run(&["schedule", "list"]).lines().count() == 2);
    server.stop();

    // Views come back, and everything is in order.
    fs::remove_dir_all(scene.data().join("views")).unwrap();
    let due = run(&["schedule", "due", "--month", "2027-02"]);
    assert!(due.starts_with("2027-02-28\tmusnah\tXX.02"), "{due}");
    run(&["change", &id, "trigger", "-"]);
    assert_eq!(run(&["schedule", "due", "--month", "2027-02"]), "");
    assert_eq!(scene.simars(&["check"]).code, Some(0));
}
