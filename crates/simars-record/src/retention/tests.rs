//! Periods as schedules write them, and the days that come of them.

use proptest::prelude::*;

use super::*;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn phase(text: &str) -> Phase {
    text.parse().unwrap()
}

fn rule(active: &str, inactive: &str) -> Rule {
    let read = |cell| Phase::read(cell).unwrap();
    Rule { active: read(active), inactive: read(inactive), fate: Fate::Destroyed, exception: None }
}

fn stated(event: Option<&str>, inactive: Option<&str>) -> Retention {
    Retention { event: event.map(date), inactive_event: inactive.map(date), hold: None }
}

#[test]
fn periods_as_they_are_written() {
    for (cell, years, after) in [
        ("2 Tahun", 2, None),
        ("2 TAHUN", 2, None),
        (" 5  (lima)  tahun ", 5, None),
        ("3 thn", 3, None),
        ("4", 4, None),
        ("0 Tahun setelah tidak berlaku", 0, Some("tidak berlaku")),
        ("1 Tahun Setelah tahun anggaran  berakhir", 1, Some("tahun anggaran berakhir")),
        ("1 Tahun, sejak serah terima", 1, Some("serah terima")),
        ("2 years after the contract ends", 2, Some("the contract ends")),
    ] {
        let expected = Phase { years, after: after.map(str::to_owned) };
        assert_eq!(Phase::read(cell), Ok(Some(expected)), "{cell}");
    }
    for none in ["", " - ", "–", "—", "--"] {
        assert_eq!(Phase::read(none), Ok(None), "{none:?}");
    }
    for wrong in [
        "dua tahun",
        "2 Bulan",
        "2 Tahum",
        "2 Tahun kira-kira",
        "2 Tahun setelah",
        "2 Tahun setelahnya",
        "999 Tahun",
        "99999999999999999999 Tahun",
        "-2 Tahun",
    ] {
        assert!(Phase::read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn fates_as_they_are_written() {
    let read = |cell| Fate::read(cell).unwrap();
    assert_eq!(read("Musnah"), (Fate::Destroyed, None));
    assert_eq!(read("DIPERMANENKAN."), (Fate::Permanent, None));
    assert_eq!(read("Dinilai  kembali"), (Fate::Appraised, None));
    let (fate, exception) = read("Musnah, kecuali yang contoh Permanen");
    assert_eq!(fate, Fate::Destroyed);
    assert_eq!(exception.as_deref(), Some("kecuali yang contoh Permanen"));
    assert_eq!(read("Masuk berkas perseorangan").0, Fate::Appraised);
    for wrong in ["", "Musnahkan", "Simpan", "-"] {
        assert!(Fate::read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn phases_follow_each_other() {
    let found = due(&rule("2 Tahun", "3 Tahun"), &stated(None, None), Some(date("2020-05-20")));
    assert_eq!(found.basis, Some(Basis::Document), "nobody said when the matter was closed");
    assert_eq!(found.inactive, Some(date("2022-05-20")));
    assert_eq!(found.over, Some(date("2025-05-20")));
    let closed = due(
        &rule("2 Tahun", "3 Tahun"),
        &stated(Some("2021-01-31"), None),
        Some(date("2020-05-20")),
    );
    assert_eq!((closed.basis, closed.over), (Some(Basis::Stated), Some(date("2026-01-31"))));
    let steps = closed.steps(&rule("2 Tahun", "3 Tahun"));
    assert_eq!(steps, [(date("2023-01-31"), Step::Move), (date("2026-01-31"), Step::Destroy)]);
    let short = rule("1 Tahun", "-");
    let found = due(&short, &stated(None, None), Some(date("2020-05-20")));
    assert_eq!((found.inactive, found.over), (None, Some(date("2021-05-20"))));
    assert_eq!(found.steps(&short), [(date("2021-05-20"), Step::Destroy)]);
}

#[test]
fn an_event_is_waited_for() {
    let waiting = rule("2 Tahun setelah masa jabatan berakhir", "3 Tahun");
    let found = due(&waiting, &stated(None, None), Some(date("2020-05-20")));
    assert_eq!(found.waits, Some(Wait::Event("masa jabatan berakhir".to_owned())));
    assert_eq!(found.steps(&waiting), []);
    let found = due(&waiting, &stated(Some("2024-02-29"), None), None);
    assert_eq!((found.waits.clone(), found.inactive), (None, Some(date("2026-02-28"))));
    assert_eq!(found.over, Some(date("2029-02-28")));
    let plain = due(&rule("2 Tahun", "-"), &stated(None, None), None);
    assert_eq!(plain.waits, Some(Wait::Close), "a document without a date");

    let second = rule("1 Tahun", "2 Tahun setelah laporan diterima");
    let found = due(&second, &stated(Some("2020-01-01"), None), None);
    assert_eq!(found.inactive, Some(date("2021-01-01")));
    assert_eq!(found.waits, Some(Wait::Event("laporan diterima".to_owned())));
    assert_eq!(found.steps(&second), [(date("2021-01-01"), Step::Move)]);
    let found = due(&second, &stated(Some("2020-01-01"), Some("2022-06-30")), None);
    assert_eq!((found.waits.clone(), found.over), (None, Some(date("2024-06-30"))));
    let early = due(&second, &stated(Some("2020-01-01"), Some("2010-06-30")), None);
    assert_eq!(early.over, Some(date("2021-01-01")), "not before its use ends");
}

#[test]
fn leap_days() {
    let of = |from, years| later(date(from), years).unwrap().to_string();
    assert_eq!(of("2024-02-29", 1), "2025-02-28");
    assert_eq!(of("2024-02-29", 4), "2028-02-29");
    assert_eq!(of("2096-02-29", 4), "2100-02-28", "2100 is no leap year");
    assert_eq!(of("2023-02-28", 1), "2024-02-28");
    assert_eq!(of("2023-12-31", 10), "2033-12-31");
    assert_eq!(later(date("9999-01-01"), 1), None, "that day never comes");
}

proptest! {
    #[test]
    fn a_period_reads_what_it_writes(
        years in 0..=MOST_YEARS,
        after in prop::option::of("[a-z]{1,10}( [a-z]{1,10}){0,5}"),
    ) {
        let written = Phase { years, after };
        prop_assert_eq!(Phase::read(&written.to_string()), Ok(Some(written)));
    }

    #[test]
    fn any_cell_has_an_answer(cell: String) {
        let _ = Phase::read(&cell);
        let _ = Fate::read(&cell);
    }

    #[test]
    fn cells_that_nearly_fit_have_an_answer(
        cell in "[0-9]{0,3} ?(\\(\\w{0,4}\\)?)? ?(tahun|thn|bulan)? ?(setelah|sejak)? ?\\PC{0,8}",
    ) {
        let read = Phase::read(&cell);
        if let Ok(Some(read)) = read {
            prop_assert_eq!(Phase::read(&read.to_string()), Ok(Some(read)));
        }
    }

    #[test]
    fn nothing_falls_due_before_it_began(
        active in 0..30_u16,
        inactive in 0..30_u16,
        year in 1900..2100_u16,
        month in 1..=12_u8,
        day in 1..=28_u8,
    ) {
        let rule = rule(&format!("{active} Tahun"), &format!("{inactive} Tahun"));
        let from = Date::new(year, month, day).unwrap();
        let found = due(&rule, &Retention::default(), Some(from));
        let (moved, over) = (found.inactive.unwrap(), found.over.unwrap());
        prop_assert!(from <= moved && moved <= over);
        prop_assert_eq!(over.year() - from.year(), active + inactive);
    }
}

#[test]
fn phases_are_texts_in_files() {
    let rule = Rule {
        active: Some(phase("2 Tahun setelah x")),
        inactive: None,
        fate: Fate::Appraised,
        exception: None,
    };
    let written = serde_json::to_string(&rule).unwrap();
    assert_eq!(written, r#"{"active":"2 Tahun setelah x","fate":"dinilai-kembali"}"#);
    assert_eq!(serde_json::from_str::<Rule>(&written).unwrap(), rule);
}
