//! Import lists: good rows go in, bad rows are named by line and column.

use super::*;

struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(files: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            fs::write(folder.path().join(name), name).unwrap();
        }
        Self { folder }
    }

    fn read(&self, name: &str, text: &str) -> Result<ImportList, IngestError> {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        ImportList::read(&path)
    }

    fn find<'a>(&self, list: &'a ImportList, name: &str) -> Option<&'a Result<Stated, RowError>> {
        list.find(&self.folder.path().join(name))
    }
}

#[test]
fn good_rows_go_in_and_bad_ones_are_named() {
    let case = Case::new(&["a.pdf", "b.pdf", "b2.pdf", "c.pdf", "d.pdf"]);
    let text = "path,kind,year,date,access,title\n\
                b2.pdf,Keputusan,2024,2024-05-20,terbatas,\"Judul, dengan koma\"\n\
                b.pdf,keputusan,2024,20 Mei 2024,,\n\
                c.pdf,,,,rahasai,\n\
                e.pdf,,,,,\n\
                d.pdf,bukan jenis,,,,\n\
                a.pdf,,,,,\n\
                a.pdf,,,,rahasia,\n\
                d.pdf,,,,,,,\n";
    let list = case.read("daftar.csv", text).unwrap();
    let stated = case.find(&list, "b2.pdf").unwrap().as_ref().unwrap();
    assert_eq!(stated.access, Some(AccessClass::Restricted));
    assert_eq!(stated.description.kind.as_ref().unwrap().value, "keputusan");
    assert_eq!(stated.description.title.as_ref().unwrap().value, "Judul, dengan koma");
    assert!(case.find(&list, "a.pdf").unwrap().is_err(), "it stands in the list twice");
    let errors: Vec<String> = list.errors.iter().map(ToString::to_string).collect();
    let expected = [
        "line 3, column date:",
        "line 4, column access:",
        "line 5, column path:",
        "line 6, column kind:",
        "line 8, column path:",
        "line 9:",
    ];
    assert_eq!(errors.len(), expected.len(), "{errors:#?}");
    for (error, start) in errors.iter().zip(expected) {
        assert!(error.starts_with(start), "{error}");
    }
    assert!(case.find(&list, "c.pdf").unwrap().is_err(), "its access class is unknown");
}

#[test]
fn json_lines_and_semicolons_say_the_same() {
    let case = Case::new(&["a.pdf"]);
    let csv = case.read("a.csv", "\u{feff}path;year;number\na.pdf;2024;12/HK.03.1-Kpt\n").unwrap();
    let json = r#"{"path":"a.pdf","year":2024,"number":"12/HK.03.1-Kpt","title":null}"#;
    let json = case.read("a.jsonl", &format!("{json}\n\nnot json\n")).unwrap();
    assert_eq!(case.find(&csv, "a.pdf"), case.find(&json, "a.pdf"));
    assert_eq!(json.errors[0].line, 3);
    assert!(case.find(&json, "lain.pdf").unwrap().is_err(), "the bad line may speak of it");
    assert_eq!(csv.errors, []);
    assert!(case.find(&csv, "lain.pdf").is_none());
}

#[test]
fn an_unknown_column_is_an_error_before_anything_is_taken() {
    let case = Case::new(&[]);
    let error = case.read("a.csv", "path,akses\na.pdf,rahasia\n").unwrap_err().to_string();
    assert!(error.contains("\"akses\"") && error.contains("access"), "{error}");
    assert!(case.read("b.csv", "title\nx\n").unwrap_err().to_string().contains("\"path\""));
}

#[test]
fn days_offices_and_annexes_are_stated() {
    let mut stated = Stated::default();
    for (column, value) in [
        ("promulgated", "2024-05-22"),
        ("office", "Ketua"),
        ("annexes", "Lampiran I: Daftar nama; Lampiran II"),
        ("copy", "Salinan"),
    ] {
        stated.set(column, value).unwrap();
    }
    let annexes: Vec<_> = stated.description.annexes.iter().map(|field| &field.value).collect();
    assert_eq!(
        (annexes[0].label.as_str(), annexes[0].title.as_deref()),
        ("Lampiran I", Some("Daftar nama"))
    );
    assert_eq!((annexes[1].label.as_str(), annexes[1].title.as_deref()), ("Lampiran II", None));
    assert_eq!(stated.description.promulgated.as_ref().unwrap().value.to_string(), "2024-05-22");
    assert!(stated.set("annexes", "Daftar nama").unwrap_err().contains("Lampiran I"));
    assert!(stated.set("promulgated", "22 Mei 2024").is_err());
}
