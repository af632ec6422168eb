//! Which pages make a document, and what is stated of it.

use simars_access::{Grant, Role};
use simars_record::{AccessClass, Field};

use super::*;

fn sheet(text: &str) -> Separator {
    format!("SIMARS-PISAH/1{text}").parse().unwrap()
}

#[test]
fn documents_lie_between_sheets_and_none_is_empty() {
    let at = |sheets: &[u32], pages| {
        let sheets: Vec<_> = sheets.iter().map(|&page| (page, sheet(""))).collect();
        let between = runs(&sheets, pages);
        between.iter().map(|run| (run.first, run.last, run.sheet.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(at(&[1, 4], 6), [(2, 3, true), (5, 6, true)]);
    assert_eq!(at(&[3], 4), [(1, 2, false), (4, 4, true)]);
    assert_eq!(at(&[1, 2, 5, 6], 6), [(3, 4, true)], "two in a row, and at the end");
    assert_eq!(at(&[1, 2], 2), []);
    assert_eq!(at(&[], 3), [(1, 3, false)]);
}

#[test]
fn what_is_given_wins_and_what_is_closed_stays_closed() {
    let printed = sheet("/K:KEPUTUSAN/U:TEKNIS/C:PL.01/A:TERBATAS");
    let nothing = merged(&Stated::default(), Some(&printed)).unwrap();
    let told = |field: &Option<Field<String>>| field.as_ref().map(|field| field.value.clone());
    assert_eq!(told(&nothing.description.kind).as_deref(), Some("keputusan"));
    assert_eq!(told(&nothing.description.classification).as_deref(), Some("PL.01"));
    assert_eq!(nothing.unit, "TEKNIS".parse().ok());
    assert_eq!(nothing.access, Some(AccessClass::Restricted));
    let mut given = Stated::default();
    for (column, value) in
        [("kind", "berita-acara"), ("unit", "HUKUM"), ("access", "biasa"), ("classification", "X")]
    {
        given.set(column, value).unwrap();
    }
    let both = merged(&given, Some(&printed)).unwrap();
    assert_eq!(told(&both.description.kind).as_deref(), Some("berita-acara"));
    assert_eq!(told(&both.description.classification).as_deref(), Some("X"));
    assert_eq!((both.unit, both.access), (given.unit, Some(AccessClass::Restricted)));
    given.set("access", "rahasia").unwrap();
    assert_eq!(merged(&given, Some(&printed)).unwrap().access, Some(AccessClass::Secret));
    assert!(merged(&Stated::default(), Some(&sheet("/K:BUKAN-JENIS"))).is_err());
    assert_eq!(merged(&given, None), Ok(given));
}

#[test]
fn a_sheet_states_no_more_than_whoever_files_the_stack_may() {
    let person = |role, clearance| {
        let roles = [role].into_iter().collect();
        Who::Person(Grant { roles, clearance, unit: "TEKNIS".parse().ok() })
    };
    let officer = person(Role::Officer, AccessClass::Restricted);
    let archivist = person(Role::Archivist, AccessClass::TopSecret);
    let may = |who, text: &str, publication| {
        let given = Stated { unit: "TEKNIS".parse().ok(), ..Stated::default() };
        let stated = merged(&given, Some(&sheet(text))).unwrap();
        let (by, stacks) = (None, Stacks::Split);
        let filing = Filing { path: "a.pdf", stated: &given, publication, by, who, stacks };
        allowed(who, &stated, &filing)
    };
    let draft = Publication::Draft;
    assert!(may(officer, "/K:KEPUTUSAN/U:HUKUM/A:TERBATAS", draft), "the given unit counts");
    assert!(!may(officer, "/A:RAHASIA", draft), "more closed than they may see");
    assert!(!may(officer, "/C:PL.01", draft), "codes are for archivists");
    assert!(!may(officer, "", Publication::Published), "and so is publishing");
    assert!(may(archivist, "/C:PL.01/A:SANGAT-RAHASIA", Publication::Published));
    assert!(may(Who::Owner, "/U:HUKUM/C:PL.01/A:RAHASIA", Publication::Published));
    assert!(!may(Who::Anyone, "", draft));
}

#[test]
fn a_part_is_named_after_its_stack() {
    assert_eq!(part_name("scan/a.PDF", 2), "scan/a-bagian-2.PDF");
    assert_eq!(part_name("b.tif", 1), "b-bagian-1.tif");
    assert_eq!(part_name("surat no. 3", 1), "surat no. 3-bagian-1");
}
