//! An index of another schema answers, if it can.

use super::*;
use crate::Entry;

fn options(salt: &str) -> Options {
    Options { threads: 1, heap_bytes: 15_000_000, salt: salt.to_owned() }
}

/// The program's own schema with a further field before all others, so that each of these has
/// another place.
fn other_rules() -> Rules {
    let more = "[[field]]\nname = \"shelf\"\nsort = \"label\"\nsays = \"a former field\"\n\n";
    let own = include_str!("../../../../index-schema/schema.toml");
    Rules::of(&format!("{more}{own}")).unwrap()
}

fn put(index: &Index, ordinal: u64, applied: u64, caught_up: bool) {
    let mut writer = index.writer().unwrap();
    let pages = vec!["Pagar kebun", "wajib dirawat"];
    let entry = Entry { ordinal, id: "contoh", title: "Contoh", pages, ..Entry::default() };
    writer.put(&entry).unwrap();
    writer.commit(applied, caught_up).unwrap();
    writer.finish().unwrap();
}

#[test]
fn fields_in_other_places_are_found_there() {
    let folder = tempfile::tempdir().unwrap();
    put(&Index::with(other_rules(), folder.path(), options("old")).unwrap(), 7, 3, true);
    let index = Index::open(folder.path(), options("new")).unwrap();
    assert_eq!((index.building(), index.applied()), (true, 0));
    let hit = || index.search(&Request::new("dirawat", 1)).unwrap().hits.remove(0);
    assert_eq!((hit().ordinal, hit().title.as_str()), (7, "Contoh"));
    assert_eq!(hit().pages[0].snippet, "wajib <mark>dirawat</mark>");
    put(&index, 8, 3, true);
    assert_eq!((index.building(), index.applied(), hit().ordinal), (false, 3, 8));
}

#[test]
fn without_a_field_that_is_needed_it_begins_empty() {
    let folder = tempfile::tempdir().unwrap();
    let name = "0".repeat(64);
    let path = folder.path().join(&name);
    std::fs::create_dir(&path).unwrap();
    let mut schema = tantivy::schema::Schema::builder();
    schema.add_text_field("body", tantivy::schema::TEXT | tantivy::schema::STORED);
    tantivy::Index::create_in_dir(&path, schema.build()).unwrap();
    std::fs::write(folder.path().join("CURRENT"), &name).unwrap();
    let index = Index::open(folder.path(), options("")).unwrap();
    assert_eq!((index.building(), index.applied()), (false, 0));
    put(&index, 1, 1, true);
    assert_eq!(index.search(&Request::new("dirawat", 1)).unwrap().total, 1);
}
