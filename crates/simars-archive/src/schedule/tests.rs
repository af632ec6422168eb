//! Schedules stated, in force, gone and back; what falls due by them, through every loss of a view.

use std::fs;
use std::path::Path;

use simars_record::retention::{PhaseName, Wait};
use simars_record::{Description, DocumentId, Field};

use super::*;
use crate::archive::tests::{checked, open, registered, submission};
use crate::backup::{self, restore};
use crate::{Change, DataFolder};

/// Today, as far as these archives know.
const TODAY: &str = "2026-11-24";

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn scheme(lines: &[(&str, &str)]) -> Scheme {
    let entries = lines.iter().map(|(code, rule)| {
        let rule = if rule.is_empty() { String::new() } else { format!(r#","rule":{rule}"#) };
        format!(r#"{{"code":"{code}","title":"Contoh {code}"{rule},"demonstration":true}}"#)
    });
    Scheme::from_lines(&entries.collect::<Vec<_>>().join("\n")).unwrap()
}

const SHORT: &str = r#"{"active":"1 Tahun","inactive":"1 Tahun","fate":"musnah"}"#;
const LONG: &str = r#"{"active":"2 Tahun","inactive":"3 Tahun","fate":"permanen"}"#;
const EVENT: &str = r#"{"active":"1 Tahun setelah acara","fate":"dinilai-kembali"}"#;

fn first() -> Scheme {
    scheme(&[("XX", ""), ("XX.01", SHORT), ("XX.02", EVENT)])
}

fn state(archive: &Archive, scheme: &Scheme, from: &str) -> StatedSchedule {
    let stated = archive.state_schedule(scheme, "contoh.csv", (date(from), None), None).unwrap();
    assert!(archive.reschedule(|| false).unwrap());
    assert_eq!(archive.rescheduling().unwrap(), None);
    stated
}

fn file(archive: &Archive, code: Option<&str>, day: &str) -> DocumentId {
    let mut filed =
        submission(format!("{code:?} {day} {}", archive.applied().documents).as_bytes(), "isi");
    filed.description = Description {
        kind: Some(Field::stated("surat".to_owned())),
        title: Some(Field::stated(format!("Surat {day}"))),
        classification: code.map(|code| Field::stated(code.to_owned())),
        date: Some(Field::stated(date(day))),
        ..Description::default()
    };
    registered(archive.register(filed).unwrap())
}

fn listed(archive: &Archive, list: &List, days: Days) -> Vec<(String, DocumentId)> {
    let part = archive.listed(list, days, &Standings::all(), (None, 100)).unwrap();
    let line = |(place, document): (Place, Document)| {
        let day = place.day.map(|day| day.to_string()).unwrap_or_default();
        let step = place.step.map_or("", Step::as_str);
        (format!("{day} {step}").trim().to_owned(), document.id)
    };
    part.into_iter().map(line).collect()
}

fn all(archive: &Archive, list: &List) -> Vec<(String, DocumentId)> {
    listed(archive, list, Days::default())
}

fn month(year: u16, month: u8) -> Days {
    Days::of_month(year, month).unwrap()
}

/// Closes the archive, takes its views away, and opens it.
fn rebuilt(archive: Archive, folder: &Path) -> Archive {
    drop(archive);
    fs::remove_dir_all(folder.join("views")).unwrap();
    let archive = open(folder);
    assert!(archive.reschedule(|| false).unwrap());
    archive
}

#[test]
fn what_falls_due_is_a_range_and_comes_back_with_the_views() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    state(&archive, &first(), "2020-01-01");
    let due = file(&archive, Some("XX.01"), "2024-12-05");
    let later = file(&archive, Some("XX.01"), "2025-12-31");
    let waiting = file(&archive, Some("XX.02"), "2020-01-01");
    let bare = file(&archive, None, "2020-01-01");
    let strange = file(&archive, Some("YY.9"), "2020-01-01");
    let group = file(&archive, Some("XX"), "2020-01-01");
    let look = |archive: &Archive| {
        let december = listed(archive, &List::Due, month(2026, 12));
        let expected = [("2026-12-05 musnah", due), ("2026-12-31 pindah", later)]
            .map(|(day, id)| (day.to_owned(), id));
        assert_eq!(december, expected);
        assert_eq!(all(archive, &List::Waiting), [(String::new(), waiting)]);
        assert_eq!(all(archive, &List::NoCode), [(String::new(), bare)]);
        assert_eq!(all(archive, &List::NoRule), [(String::new(), strange), (String::new(), group)]);
        let standings = Standings::all();
        let counted = archive.count_listed(&List::Due, month(2026, 12), &standings, 9).unwrap();
        assert_eq!((counted.total(), counted.of(Step::Destroy), counted.more), (2, 1, false));
        let few = archive.count_listed(&List::Due, Days::default(), &standings, 1).unwrap();
        assert!(few.more && few.total() == 1);
    };
    look(&archive);
    let archive = rebuilt(archive, folder.path());
    look(&archive);
    drop(archive);
    let report = checked(&DataFolder::new(folder.path()));
    assert!(report.damage.is_empty(), "{report:?}");
}

#[test]
fn an_event_a_hold_and_a_better_code_move_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    state(&archive, &first(), "2020-01-01");
    let id = file(&archive, Some("XX.02"), "2020-01-01");
    let change = |change: Change| archive.change(&id, &change).unwrap().unwrap();
    let due = archive.due(&archive.document(&id).unwrap().unwrap()).unwrap();
    assert_eq!(due.waits, Some(Wait::Event("acara".to_owned())));

    let by = Actor { login: "ani".to_owned(), role: "arsiparis".to_owned() };
    let event = Change::Event(PhaseName::Active, Some(date("2026-02-28")));
    let document = archive.change_by(&id, &event, Some(&by)).unwrap().unwrap();
    assert_eq!(document.statements.last().unwrap().kind, "retensi");
    assert_eq!(document.statements.last().unwrap().by.as_deref(), Some("ani"));
    assert_eq!(all(&archive, &List::Due), [("2027-02-28 nilai".to_owned(), id)]);
    assert!(all(&archive, &List::Waiting).is_empty());
    let again = archive.change(&id, &event).unwrap().unwrap();
    assert_eq!(again.statements.len(), document.statements.len(), "nothing new is stated");

    let held = archive.change_by(&id, &Change::Hold("sengketa".to_owned()), Some(&by)).unwrap();
    let hold = held.unwrap().retention.hold.unwrap();
    assert_eq!((hold.reason.as_str(), hold.by.as_deref()), ("sengketa", Some("ani")));
    assert!(all(&archive, &List::Due).is_empty());
    assert_eq!(all(&archive, &List::Held), [("2027-02-28 nilai".to_owned(), id)]);
    change(Change::Release);
    assert_eq!(all(&archive, &List::Due).len(), 1);

    let code = Some(Field::stated("XX.01".to_owned()));
    let better = Description { classification: code, ..Description::default() };
    change(Change::Correct(Box::new(better)));
    let expected = ["2027-02-28 pindah", "2028-02-28 musnah"].map(|day| (day.to_owned(), id));
    assert_eq!(all(&archive, &List::Due), expected);
    change(Change::Event(PhaseName::Active, None));
    let expected = ["2021-01-01 pindah", "2022-01-01 musnah"].map(|day| (day.to_owned(), id));
    assert_eq!(all(&archive, &List::Due), expected, "counted from its own date");
    change(Change::Hold("pemeriksaan".to_owned()));
    let before = archive.document(&id).unwrap().unwrap();
    let archive = rebuilt(archive, folder.path());
    assert_eq!(archive.document(&id).unwrap().unwrap(), before);
    assert_eq!(all(&archive, &List::Held).len(), 2);
}

#[test]
fn another_version_places_everything_anew() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let ids: Vec<DocumentId> =
        (0..600).map(|_| file(&archive, Some("XX.01"), "2024-12-05")).collect();
    assert!(all(&archive, &List::Due).is_empty(), "no schedule, nothing due");
    let stated = state(&archive, &first(), "2020-01-01");
    assert_eq!((stated.number, stated.schedule.count), (1, 3));
    let december = |archive: &Archive, year| {
        let counted =
            archive.count_listed(&List::Due, month(year, 12), &Standings::all(), 10_000).unwrap();
        counted.total()
    };
    assert_eq!(december(&archive, 2026), ids.len() as u64);
    // One that is valid from a later day changes nothing yet.
    let next = scheme(&[("XX", ""), ("XX.01", LONG)]);
    state(&archive, &next, "2030-01-01");
    assert_eq!(december(&archive, 2026), ids.len() as u64);
    assert_eq!(archive.schedule_in_force().unwrap().unwrap().number, 1);
    // One that is valid today does, a part at a time, and goes on where it stopped.
    archive.state_schedule(&next, "lain.csv", (date(TODAY), None), None).unwrap();
    let looks = std::cell::Cell::new(0);
    let stop = || {
        looks.set(looks.get() + 1);
        looks.get() > 2
    };
    assert!(!archive.reschedule(stop).unwrap());
    let progress = archive.rescheduling().unwrap().unwrap();
    assert!(progress.placed > 0 && progress.placed < progress.of, "{progress:?}");
    drop(archive);
    let archive = open(folder.path());
    let late = file(&archive, Some("XX.01"), "2024-12-06");
    assert!(archive.reschedule(|| false).unwrap());
    assert_eq!(archive.rescheduling().unwrap(), None);
    assert_eq!((december(&archive, 2026), december(&archive, 2029)), (ids.len() as u64 + 1, 601));
    assert_eq!(listed(&archive, &List::Due, month(2029, 12)).len(), 100, "a part");
    assert!(archive.document(&late).unwrap().is_some());
    // Every older version can still be read.
    let versions = archive.schedules().unwrap();
    assert_eq!(versions.iter().map(|version| version.number).collect::<Vec<_>>(), [1, 2, 3]);
    let scheme = archive.scheme_of(&versions[0].schedule.entries).unwrap();
    assert_eq!(scheme, first());
    let archive = rebuilt(archive, folder.path());
    assert_eq!(archive.schedules().unwrap(), versions);
    assert_eq!(december(&archive, 2029), 601);
}

#[test]
fn a_unit_has_lists_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    state(&archive, &first(), "2020-01-01");
    let ids: Vec<DocumentId> =
        (1..=6).map(|day| file(&archive, Some("XX.01"), &format!("2024-12-0{day}"))).collect();
    let bare = file(&archive, None, "2020-01-01");
    let unit = |name: &str| name.parse::<Unit>().ok();
    for (id, name) in [(0, "TEKNIS"), (1, "SDM"), (2, "TEKNIS"), (3, "TEKNIS-2")] {
        archive.change(&ids[id], &Change::Unit(unit(name))).unwrap();
    }
    archive.change(&bare, &Change::Unit(unit("SDM"))).unwrap();
    let of = |archive: &Archive, name: &str, list: &List| {
        let standings = Standings::all().within(unit(name));
        let part = archive.listed(list, Days::default(), &standings, (None, 100)).unwrap();
        let counted = archive.count_listed(list, Days::default(), &standings, 100).unwrap();
        assert_eq!(counted.total(), part.len() as u64, "{name}");
        // Each falls due twice: to be moved, and at its end.
        let mut ids: Vec<DocumentId> = Vec::new();
        for (_, document) in part {
            if !ids.contains(&document.id) {
                ids.push(document.id);
            }
        }
        ids
    };
    let code = List::Code("XX.01".parse().unwrap());
    let look = |archive: &Archive| {
        assert_eq!(of(archive, "TEKNIS", &List::Due), [ids[0], ids[2]]);
        assert_eq!(of(archive, "SDM", &List::Due), [ids[1]]);
        assert_eq!(of(archive, "TEKNIS-2", &List::Due), [ids[3]]);
        assert!(of(archive, "KEU", &List::Due).is_empty());
        assert_eq!(of(archive, "SDM", &List::NoCode), [bare]);
        assert!(of(archive, "TEKNIS", &List::NoCode).is_empty());
        assert_eq!(all(archive, &List::Due).len(), 12, "everybody's lists have all of them");
        let theirs = Standings::all().within(unit("TEKNIS"));
        let coded = archive.count_listed(&code, Days::default(), &theirs, 100).unwrap();
        assert_eq!(coded.total(), 2);
        let one = archive.document(&ids[0]).unwrap().unwrap();
        let alike = archive.classified_alike(&one, &theirs, 100).unwrap();
        assert_eq!(alike.iter().map(|one| one.id).collect::<Vec<_>>(), [ids[2]]);
    };
    look(&archive);
    let archive = rebuilt(archive, folder.path());
    look(&archive);
    // A catalogue of an older version, which had no such lists, is built again by itself.
    archive.catalogue().age();
    drop(archive);
    let archive = open(folder.path());
    assert!(archive.reschedule(|| false).unwrap());
    look(&archive);
    // Another schedule places them anew; another unit takes them along.
    let longer = scheme(&[("XX", ""), ("XX.01", LONG), ("XX.02", EVENT)]);
    state(&archive, &longer, "2021-01-01");
    look(&archive);
    archive.change(&ids[0], &Change::Unit(unit("SDM"))).unwrap();
    assert_eq!(of(&archive, "SDM", &List::Due), [ids[0], ids[1]]);
    archive.change(&ids[0], &Change::Unit(None)).unwrap();
    assert_eq!(of(&archive, "SDM", &List::Due), [ids[1]]);
    assert_eq!(of(&archive, "TEKNIS", &List::Due), [ids[2]]);
    assert_eq!(all(&archive, &List::Due).len(), 12);
    drop(archive);
    let report = checked(&DataFolder::new(folder.path()));
    assert!(report.damage.is_empty(), "{report:?}");
}

#[test]
fn a_list_goes_on_where_a_part_ended() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    state(&archive, &first(), "2020-01-01");
    let mut ids: Vec<DocumentId> =
        (1..=9).map(|day| file(&archive, Some("XX.01"), &format!("2024-12-0{day}"))).collect();
    let closed = ids[4];
    archive.change(&closed, &Change::Access(AccessClass::Secret)).unwrap();
    let open_only: Standings = [(AccessClass::Open, Publication::Published)].into_iter().collect();
    ids.retain(|id| *id != closed);
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let part = archive.listed(&List::Due, month(2026, 12), &open_only, (after, 3)).unwrap();
        let Some((last, _)) = part.last() else { break };
        assert_eq!(last.to_string().parse::<Place>(), Ok(*last));
        after = Some(*last);
        found.extend(part.into_iter().map(|(_, document)| document.id));
    }
    assert_eq!(found, ids, "in order, each once, and not the closed one");
    let counted = archive.count_listed(&List::Due, month(2026, 12), &open_only, 100).unwrap();
    assert_eq!(counted.total(), 8);
    let code = List::Code("XX.01".parse().unwrap());
    let with = |standings: &Standings| {
        archive.count_listed(&code, Days::default(), standings, 100).unwrap().total()
    };
    assert_eq!((with(&open_only), with(&Standings::all())), (8, 9));
    let one = archive.document(&ids[0]).unwrap().unwrap();
    assert_eq!(archive.classified_alike(&one, &open_only, 100).unwrap().len(), 7);
    assert_eq!(archive.classified_alike(&one, &open_only, 3).unwrap().len(), 3);
}

#[test]
fn a_schedule_is_signed_for_saved_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    state(&archive, &first(), "2020-01-01");
    archive.create_log("contoh.example/log".parse().unwrap(), None).unwrap();
    let id = file(&archive, Some("XX.01"), "2024-12-05");
    archive.change(&id, &Change::Hold("sengketa".to_owned())).unwrap();
    let stated = state(&archive, &scheme(&[("XX.01", LONG)]), TODAY);
    archive.publish().unwrap();
    archive.add_log_key().unwrap();
    assert!(archive.check(|_, _| ()).unwrap().damage.is_empty());
    drop(archive);
    let data = DataFolder::new(folder.path());
    let report = checked(&data);
    assert!(report.damage.is_empty(), "{report:?}");

    let (saved, back) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let now = crate::archive::tests::surroundings().now;
    backup::backup(&data, saved.path(), false, now(), |_, _| ()).unwrap();
    let place = back.path().join("data");
    restore::restore(saved.path(), &DataFolder::new(&place), |_, _| ()).unwrap();
    let archive = open(&place);
    assert!(archive.reschedule(|| false).unwrap());
    assert_eq!(archive.schedule_in_force().unwrap(), Some(stated.clone()));
    assert_eq!(all(&archive, &List::Held).len(), 2);
    drop(archive);

    // A schedule that is damaged is found, and keeps nobody from their documents.
    let archive = open(folder.path());
    let object = archive.object_path(&stated.schedule.entries);
    let bytes = fs::read(&object).unwrap();
    drop(archive);
    fs::write(&object, bytes.to_ascii_uppercase()).unwrap();
    assert!(!checked(&data).damage.is_empty());
    let archive = open(folder.path());
    assert!(archive.document(&id).unwrap().is_some());
    assert!(archive.reschedule(|| false).is_err());
    drop(archive);
    fs::write(&object, bytes).unwrap();
    let archive = open(folder.path());
    assert!(archive.reschedule(|| false).unwrap());
    assert_eq!(all(&archive, &List::Held).len(), 2);
    drop(archive);
    assert!(checked(&data).damage.is_empty());
}
