//! Acts that come by themselves, and acts that are counted.

use std::fs;

use super::*;
use crate::archive::tests::{checked, open, registered, submission};
use crate::{DataFolder, Submission};

#[test]
fn acts_are_counted_by_month_once() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let id = registered(archive.register(submission(b"x", "x")).unwrap());
    let draft = Submission { publication: Publication::Draft, ..submission(b"y", "y") };
    let other = registered(archive.register(draft).unwrap());
    archive.change(&other, &Change::Publish).unwrap();
    archive.change(&id, &Change::Withdraw).unwrap();
    let day = archive.now().date();
    let month = (day.year(), day.month());
    let counted = |archive: &Archive| {
        let months = archive.acts_by_month((2000, 1), (9999, 12)).unwrap();
        assert_eq!(months.keys().collect::<Vec<_>>(), [&month]);
        let acts = months[&month].iter().map(|(kind, count)| format!("{kind} {count}"));
        acts.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(counted(&archive), "cabut 1, daftar 1, masuk 2, terbit 2");
    drop(archive);
    fs::remove_dir_all(folder.path().join("views")).unwrap();
    assert_eq!(counted(&open(folder.path())), "cabut 1, daftar 1, masuk 2, terbit 2");
}

#[test]
fn an_embargo_ends_by_itself_once_and_is_stated() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let id = registered(archive.register(submission(b"x", "x")).unwrap());
    let other = registered(archive.register(submission(b"y", "y")).unwrap());
    let today = archive.now().date();
    let next_year = Date::new(today.year() + 1, 1, 1).unwrap();
    let document = archive.change(&id, &Change::Embargo(next_year)).unwrap().unwrap();
    assert_eq!((document.access, document.opens), (AccessClass::Restricted, Some(next_year)));
    assert_eq!(archive.open_due().unwrap(), 0, "not yet");
    archive.change(&other, &Change::Embargo(today)).unwrap().unwrap();
    archive.change(&id, &Change::Embargo(today)).unwrap().unwrap();
    // A class that is given for good ends an embargo.
    archive.change(&other, &Change::Access(AccessClass::Secret)).unwrap().unwrap();
    drop(archive);
    fs::remove_dir_all(folder.path().join("views")).unwrap();
    let archive = open(folder.path());
    assert_eq!(archive.open_due().unwrap(), 1);
    let document = archive.document(&id).unwrap().unwrap();
    assert_eq!((document.access, document.opens), (AccessClass::Open, None));
    let last = document.statements.last().unwrap();
    assert_eq!((last.kind.as_str(), last.by.as_deref()), ("akses", None), "the archive itself");
    assert_eq!(archive.document(&other).unwrap().unwrap().access, AccessClass::Secret);
    assert_eq!(archive.open_due().unwrap(), 0, "once");
    let unit = Change::Unit("TEKNIS".parse().ok());
    let document = archive.change(&id, &unit).unwrap().unwrap();
    assert_eq!(document.unit.unwrap().to_string(), "TEKNIS");
    assert_eq!(archive.change(&id, &unit).unwrap().unwrap().statements.len(), 5, "nothing new");
    drop(archive);
    assert!(checked(&DataFolder::new(folder.path())).damage.is_empty());
}
