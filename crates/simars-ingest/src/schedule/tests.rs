//! Schedules as people save them, and what is told of wrong rows.

use std::path::PathBuf;

use simars_extract::Limits;

use super::*;

fn read(text: &str) -> Result<ScheduleFile, String> {
    // A text needs no reader.
    let extractor = Extractor::new(PathBuf::from("/nonexistent/reader"), Limits::default());
    ScheduleFile::read(text.as_bytes(), "jadwal.csv", &extractor)
}

fn told(rows: &[WrongRow]) -> Vec<String> {
    rows.iter().map(ToString::to_string).collect()
}

#[test]
fn a_schedule_with_groups_rules_and_marks() {
    let file = read(
        "kode,uraian,aktif,inaktif,nasib akhir,keterangan,contoh\n\
         XX,Contoh,,,,,\"contoh, bukan JRA\"\n\
         XX.01,Buku tamu,1 Tahun,2 Tahun,Musnah,catatan,ya\n\
         xx.02,Naskah,2 Tahun setelah acara selesai,-,\"Musnah, kecuali yang asli Permanen\",,ya\n",
    );
    let file = file.unwrap();
    assert_eq!(told(&file.errors), [""; 0]);
    assert_eq!(told(&file.notes), [""; 0]);
    assert_eq!((file.rows, file.scheme.len()), (3, 3));
    assert!(file.scheme.is_demonstration());
    let entry = |code: &str| file.scheme.get(&code.parse().unwrap()).unwrap();
    assert_eq!(entry("XX").rule, None);
    let rule = entry("XX.02").rule.as_ref().unwrap();
    assert_eq!(rule.active.as_ref().unwrap().to_string(), "2 Tahun setelah acara selesai");
    assert_eq!((rule.inactive.as_ref(), rule.fate), (None, Fate::Destroyed));
    assert_eq!(rule.exception.as_deref(), Some("kecuali yang asli Permanen"));
    assert_eq!(entry("XX.01").note.as_deref(), Some("catatan"));
}

#[test]
fn each_wrong_row_is_told_with_its_line_and_what_would_be_right() {
    let file = read(
        "kode;uraian;aktif;inaktif;nasib akhir\n\
         XX;Contoh;;;\n\
         XX 01.2;Salah tulis;1 Tahun;-;Musnah\n\
         XX.01;Pertama;1 Tahun;-;Musnah\n\
         XX.01;Kedua;1 Tahun;-;Musnah\n\
         XX.02;Bulan;6 Bulan;-;Musnah\n\
         XX.03;Kosong;1 Tahun;;Musnah\n\
         XX.04;Nasib;1 Tahun;-;Simpan\n\
         XX.05;;1 Tahun;-;Musnah\n\
         XX.07.1;Tanpa induk;1 Tahun;-;Permanen\n",
    );
    let file = file.unwrap();
    let errors = told(&file.errors);
    let expected = [
        ("line 3, column kode", "write XX.01.2"),
        ("line 5, column kode", "XX.01 stands in line 4 already"),
        ("line 6, column aktif", "does not count years"),
        ("line 7, column inaktif", "write - if there is no such phase"),
        ("line 8, column nasib akhir", "write Musnah, Permanen or Dinilai kembali"),
        ("line 9, column uraian", "nothing says what XX.05 is"),
    ];
    assert_eq!(errors.len(), expected.len(), "{errors:#?}");
    for (error, (place, detail)) in errors.iter().zip(expected) {
        assert!(error.starts_with(place) && error.contains(detail), "{error}");
    }
    assert_eq!((file.rows, file.scheme.len()), (9, 3));
    assert!(told(&file.notes)[0].contains("below XX.07"), "{:?}", file.notes);
}

#[test]
fn tables_as_they_are_printed() {
    // A title above the head, the numbers of the columns below it, and the fate as a remark.
    let file = read(
        "JADWAL CONTOH;;;;\n;;;;\nKode Klasifikasi;Jenis Arsip;Retensi Aktif;Retensi Inaktif;Keterangan\n\
         (1);(2);(3);(4);(5)\nXX;Contoh;2;3;Dinilai kembali\n",
    );
    let file = file.unwrap();
    let entry = file.scheme.entries().next().unwrap();
    assert_eq!(entry.rule.as_ref().unwrap().fate, Fate::Appraised);
    assert_eq!(entry.note, None);
    // A scheme without a schedule.
    let file = read("\u{feff}kode\turaian\nXX\tContoh\nXX.01\tBuku, tamu\n").unwrap();
    assert!(file.scheme.entries().all(|entry| entry.rule.is_none()));
    assert_eq!(file.scheme.len(), 2);
}

#[test]
fn a_file_without_a_table_says_so() {
    for (text, part) in [
        ("", "kode and uraian"),
        ("a,b\n1,2\n", "kode and uraian"),
        ("kode,uraian,aktif\nXX,Contoh,1 Tahun\n", "inaktif and nasib akhir"),
        ("kode,code,uraian\n", "two columns are kode"),
    ] {
        assert!(read(text).unwrap_err().contains(part), "{text:?}");
    }
    let extractor = Extractor::new(PathBuf::from("/nonexistent/reader"), Limits::default());
    let wrong = ScheduleFile::read(b"PK\x03\x04 broken", "jadwal.xlsx", &extractor);
    assert!(wrong.unwrap_err().contains("hint"));
}
