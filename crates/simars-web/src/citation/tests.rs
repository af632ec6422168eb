//! Citations are read back by the rules of their formats, whatever the values hold.

use proptest::prelude::*;

use super::*;

fn citation(title: &str, issuer: &str, number: &str) -> Citation {
    Citation {
        id: "aaaaaaaaaaaaaaaaaaaaaaaaab".to_owned(),
        title: line(title),
        kind: Some("keputusan".to_owned()),
        kind_name: "Keputusan".to_owned(),
        number: Some(line(number)),
        year: Some(2024),
        date: Date::new(2024, 5, 20),
        issuer: Some(line(issuer)),
        place: Some("Kota Contoh".to_owned()),
        url: "https://arsip.example.id/dokumen/aaaaaaaaaaaaaaaaaaaaaaaaab".to_owned(),
        sha256: "ab".repeat(32),
        pages: 4,
    }
}

fn one() -> Citation {
    citation("Perolehan Kursi & Suara", "KPU Provinsi Contoh", "457")
}

#[test]
fn the_forms_of_one_decision() {
    let bibtex = Form::Bibtex.write(&[one()]);
    assert!(bibtex.starts_with("@misc{keputusan-457-2024-aaaaaaaa,\n"), "{bibtex}");
    assert!(bibtex.contains("  title = {{Perolehan Kursi \\& Suara}},\n"), "{bibtex}");
    assert!(bibtex.contains("  howpublished = {Keputusan Nomor 457 Tahun 2024}"), "{bibtex}");
    let ris = Form::Ris.write(&[one()]);
    assert!(ris.starts_with("TY  - LEGAL\r\n") && ris.ends_with("ER  - \r\n"), "{ris}");
    assert!(ris.contains("DA  - 2024/05/20/\r\n"), "{ris}");
    let csl: Value = serde_json::from_str(&Form::Csl.write(&[one()])).unwrap();
    assert_eq!(csl[0]["type"], "legislation");
    assert_eq!(csl[0]["issued"]["date-parts"], json!([[2024, 5, 20]]));
    let csv = Form::Csv.write(&[one(), one()]);
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.lines().nth(1).unwrap().contains("keputusan,457,2024,Perolehan Kursi & Suara,"));
}

#[test]
fn a_spreadsheet_runs_nothing() {
    let row = citation("=HYPERLINK(\"x\")", "+1", "@a").csv();
    assert!(row.contains("\"'=HYPERLINK(\"\"x\"\")\"") && row.contains("\"'+1\""), "{row}");
}

#[test]
fn forms_are_found_by_their_names() {
    for form in Form::ALL {
        assert_eq!(Form::find(form.name()), Some(form));
    }
    assert_eq!(Form::find("docx"), None);
}

proptest! {
    /// Braces pair, lines are fields, rows have all their columns.
    #[test]
    fn any_value_stays_within_its_field(title in any::<String>(), issuer in any::<String>(), number in any::<String>()) {
        let cited = citation(&title, &issuer, &number);
        let bibtex = cited.bibtex();
        let mut depth = 0_i32;
        for sign in bibtex.chars() {
            depth += i32::from(sign == '{') - i32::from(sign == '}');
            prop_assert!(depth >= 0);
        }
        prop_assert_eq!(depth, 0);
        for field in cited.ris().split_terminator("\r\n") {
            prop_assert!(field.len() >= 6 && &field[2..6] == "  - ", "{:?}", field);
        }
        let mut fields = 1;
        let mut quoted = false;
        for sign in cited.csv().trim_end_matches("\r\n").chars() {
            match sign {
                '"' => quoted = !quoted,
                ',' if !quoted => fields += 1,
                _ => prop_assert!(!sign.is_control()),
            }
        }
        prop_assert!(!quoted);
        prop_assert_eq!(fields, COLUMNS.len());
    }
}
