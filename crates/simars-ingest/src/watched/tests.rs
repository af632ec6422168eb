//! Files that come slowly, at once, again, with a list, by a link; and a crash in between.

use simars_archive::{DataFolder, Surroundings};
use simars_record::{AccessClass, Timestamp};

use super::*;
use crate::Settings;

struct Scene {
    folder: tempfile::TempDir,
    holdings: Holdings,
    watched: Watched,
    now: SystemTime,
}

const SETTLE: Duration = Duration::from_secs(10);

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let holdings = holdings(folder.path());
        let scans = folder.path().join("scans");
        fs::create_dir(&scans).unwrap();
        let watched = Watched::new(&scans, SETTLE).unwrap();
        Self { watched, holdings, folder, now: SystemTime::UNIX_EPOCH + SETTLE * 200_000_000 }
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("scans").join(name)
    }

    /// Looks after so many seconds; the names and what became of them.
    fn look(&mut self, after: u64) -> Vec<(String, Status)> {
        self.now += Duration::from_secs(after);
        let reports = self.watched.look(&self.holdings, self.now, &AtomicBool::new(false));
        reports.unwrap().into_iter().map(|report| (report.path, report.status)).collect()
    }

    /// What lies aside in a folder, the day left out.
    fn aside(&self, folder: &str) -> Vec<String> {
        let root = self.path(folder);
        let all = walk::files(std::slice::from_ref(&root)).unwrap();
        let within = |path: &PathBuf| {
            let below = path.strip_prefix(&root).unwrap().components().skip(1);
            below.collect::<PathBuf>().display().to_string()
        };
        all.iter().map(within).collect()
    }

    fn documents(&self) -> u64 {
        self.holdings.archive().applied().documents
    }
}

fn holdings(folder: &Path) -> Holdings {
    use std::sync::atomic::AtomicU64;
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let random = |bytes: &mut [u8]| {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let digest = simars_record::Digest::of(&number.to_be_bytes());
        bytes.copy_from_slice(&digest.as_bytes()[..bytes.len()]);
    };
    let now = || Timestamp::from_unix(1_795_509_225);
    let settings = Settings {
        program: PathBuf::from("/nonexistent"),
        limits: simars_extract::Limits::default(),
        max_file_bytes: 1 << 20,
        index: simars_search::Options::default(),
        image_cache_bytes: 0,
        recognition_workers: 0,
        images_ahead: false,
    };
    let surroundings = Surroundings { now, random };
    Holdings::open(DataFolder::new(folder.join("data")), surroundings, settings).unwrap()
}

#[test]
fn a_file_is_taken_once_it_stays_as_it_is() {
    let mut scene = Scene::new();
    scene.put("surat/a.txt", "bagian pertama");
    assert!(scene.look(0).is_empty(), "nobody knows how long it has been so");
    assert!(scene.look(9).is_empty());
    scene.put("surat/a.txt", "bagian pertama dan kedua");
    assert!(scene.look(9).is_empty(), "it has grown");
    assert_eq!(scene.look(10), [("surat/a.txt".to_owned(), Status::Registered)]);
    assert_eq!(scene.aside(TAKEN), ["surat/a.txt"]);
    assert!(scene.look(60).is_empty() && scene.documents() == 1);
    // The same name with other bytes is another document and lies beside the first.
    scene.put("surat/a.txt", "lain");
    scene.look(1);
    assert_eq!(scene.look(10).len(), 1);
    assert_eq!(scene.aside(TAKEN), ["surat/2-a.txt", "surat/a.txt"]);
    let drafts = scene.holdings.archive().from(0).map(Result::unwrap);
    assert!(drafts.into_iter().all(|document| document.publication == Publication::Draft));
}

#[test]
fn what_a_crash_left_lying_is_not_registered_twice() {
    let mut scene = Scene::new();
    scene.put("a.txt", "isi yang sama");
    scene.look(0);
    scene.look(10);
    // As if the file had not been put aside yet when the power failed.
    scene.put("a.txt", "isi yang sama");
    scene.watched = Watched::new(&scene.path(""), SETTLE).unwrap();
    scene.look(1);
    assert_eq!(scene.look(10), [("a.txt".to_owned(), Status::Duplicate)]);
    assert_eq!(scene.documents(), 1);
    assert!(!scene.path("a.txt").exists());
}

#[test]
fn what_changes_while_it_is_read_waits() {
    let mut scene = Scene::new();
    scene.put("a.txt", "satu");
    scene.look(0);
    let path = scene.path("a.txt");
    let mut looked = scene.watched.seen[&path];
    looked.size_bytes += 1;
    scene.watched.seen.insert(path.clone(), looked);
    assert!(scene.watched.take(&scene.holdings, &path, &Stated::default()).is_none());
    assert_eq!(scene.documents(), 0);
}

#[test]
fn unfinished_hidden_empty_and_linked_files_are_left_alone() {
    let mut scene = Scene::new();
    for name in ["a.part", "b.txt.tmp", ".c.txt", "~$d.docx"] {
        scene.put(name, "isi");
    }
    scene.put("kosong.txt", "");
    let secret = scene.folder.path().join("rahasia.txt");
    fs::write(&secret, "jangan").unwrap();
    std::os::unix::fs::symlink(&secret, scene.path("tautan.txt")).unwrap();
    scene.look(0);
    assert!(scene.look(60).is_empty() && scene.documents() == 0);
}

#[test]
fn a_list_beside_them_says_what_they_are() {
    let mut scene = Scene::new();
    scene.put(
        "metadata.csv",
        "path,title,access\na.txt,Judul,rahasia\nb.txt,Lain,salah\nc.txt,Nanti,\n",
    );
    scene.put("a.txt", "satu");
    scene.put("b.txt", "dua");
    scene.look(0);
    assert_eq!(scene.look(10), [("a.txt".to_owned(), Status::Registered)]);
    let document = scene.holdings.archive().from(0).next().unwrap().unwrap();
    assert_eq!((document.title(), document.access), ("Judul", AccessClass::Secret));
    let told = fs::read_to_string(scene.path(PROBLEMS)).unwrap();
    assert!(told.starts_with("line 3, column access:"), "{told}");
    assert!(scene.path("b.txt").exists(), "it waits for its row to be put right");
    scene.put(
        "metadata.csv",
        "path,title,access\na.txt,Judul,rahasia\nb.txt,Lain,terbatas\nc.txt,Nanti,\n",
    );
    scene.look(1);
    assert_eq!(scene.look(10), [("b.txt".to_owned(), Status::Registered)]);
    assert!(!scene.path(PROBLEMS).exists());
    assert!(scene.path("metadata.csv").exists(), "one of its files is still to come");
    scene.put("c.txt", "tiga");
    scene.look(1);
    assert_eq!(scene.look(10).len(), 1);
    assert!(!scene.path("metadata.csv").exists());
    assert_eq!(scene.aside(TAKEN), ["a.txt", "b.txt", "c.txt", "metadata.csv"]);
}

#[test]
fn what_is_refused_says_why_beside_it() {
    let mut scene = Scene::new();
    scene.put("besar.txt", &"x".repeat((1 << 20) + 1));
    scene.look(0);
    assert_eq!(scene.look(10), [("besar.txt".to_owned(), Status::Refused)]);
    assert_eq!(scene.aside(REFUSED), ["besar.txt", "besar.txt.txt"]);
    let day = fs::read_dir(scene.path(REFUSED)).unwrap().next().unwrap().unwrap().path();
    assert!(fs::read_to_string(day.join("besar.txt.txt")).unwrap().contains("larger than"));
}
