//! A server with an archive of its own in a temporary folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use simars_access::Kept;
use simars_archive::{DataFolder, Outcome, Reading, Received, Submission, Surroundings};
use simars_ingest::Holdings;
use simars_record::{AccessClass, Description, Digest, Extracted, Publication, Timestamp};
use simars_web::{Memos, Settings, Shelves, SignOn, State, router};
use tower::ServiceExt;

pub(crate) const TOKEN: &str = "rahasia-contoh";
/// The largest upload the test server takes.
pub(crate) const LIMIT_BYTES: u64 = 100_000;
/// 2026-11-24T08:33:45Z: the only time the test archive knows.
pub(crate) const NOW: u64 = 1_795_509_225;

/// A made-up decision of two pages.
pub(crate) const DECISION: &str = "\
KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH
NOMOR 12 TAHUN 2024
TENTANG
PENETAPAN PEROLEHAN KURSI PARTAI POLITIK CONTOH

Menimbang : bahwa perolehan kursi perlu ditetapkan;
\u{c}
LAMPIRAN
Daftar perolehan kursi <contoh> & suara sah

Ditetapkan di Kota Contoh
pada tanggal 20 Mei 2024
";

/// Bytes nobody could foretell, as far as the archive is concerned: a digest of a counter.
fn random(bytes: &mut [u8]) {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    for chunk in bytes.chunks_mut(32) {
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let digest = Digest::of(&count.to_be_bytes());
        chunk.copy_from_slice(&digest.as_bytes()[..chunk.len()]);
    }
}

pub(crate) struct Site {
    pub(crate) state: Arc<State>,
    router: Router,
    runtime: tokio::runtime::Runtime,
    /// Removed with the site; after the state, which uses it.
    _folder: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A header; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Site {
    /// An empty archive and its server.
    pub(crate) fn new() -> Self {
        Self::known_as(None)
    }

    /// An empty archive and its server, which the public reaches at this address.
    pub(crate) fn known_as(public_address: Option<&str>) -> Self {
        Self::made(public_address, false, None)
    }

    /// An empty archive and its server, where nobody publishes what they filed.
    pub(crate) fn with_two_persons() -> Self {
        Self::made(None, true, None)
    }

    /// An empty archive and its server, where people may come from elsewhere as well.
    pub(crate) fn with_sign_on(sign_on: SignOn) -> Self {
        Self::made(None, false, Some(Arc::new(sign_on)))
    }

    fn made(public_address: Option<&str>, two_persons: bool, sign_on: Option<Arc<SignOn>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let surroundings = Surroundings { now: || Timestamp::from_unix(NOW), random };
        let settings = simars_ingest::Settings {
            // The test files are plain text, which needs no other program to be read.
            program: PathBuf::from("/nonexistent/reader"),
            limits: simars_extract::Limits::default(),
            max_file_bytes: 10 * LIMIT_BYTES,
            index: simars_search::Options::default(),
            recognition_workers: 0,
            images_ahead: false,
            image_cache_bytes: 1 << 20,
        };
        let data = DataFolder::new(folder.path());
        let holdings = Arc::new(Holdings::open(data, surroundings, settings).unwrap());
        let settings = Settings {
            owner_token: TOKEN.to_owned(),
            office_id: "Komisi Pemilihan Umum Provinsi Contoh".to_owned(),
            office_en: "General Election Commission of Contoh Province".to_owned(),
            public_address: public_address.map(str::to_owned),
            contact: None,
            two_persons,
            upload_limit_bytes: LIMIT_BYTES,
            sign_on,
        };
        let state = Arc::new(State {
            people: Kept::open(folder.path().join("people.json")).unwrap(),
            shelves: Shelves::open(folder.path().join("shelves.json")).unwrap(),
            memos: Memos::default(),
            holdings,
            settings,
            random,
        });
        let router = router(Arc::clone(&state));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { state, router, runtime, _folder: folder }
    }

    /// An archive with the made-up decision in it, and the decision's id.
    pub(crate) fn with_decision() -> (Self, String) {
        let site = Self::new();
        let id = site.file("name=SK-12-2024.txt", DECISION.as_bytes());
        (site, id)
    }

    /// Registers a file as if a reader had read this from it, and gives its id.
    pub(crate) fn register(
        &self,
        extracted: Extracted,
        access: AccessClass,
        publication: Publication,
    ) -> String {
        let archive = self.state.holdings.archive();
        let original = format!("contoh {}", archive.applied().documents);
        let submission = Submission {
            unit: None,
            opens: None,
            rendition: None,
            stack: None,
            original: Received::from_bytes(original.into_bytes()),
            reading: Reading::new(extracted),
            file_name: "rekapitulasi.pdf".to_owned(),
            description: Description::default(),
            access,
            publication,
            by: None,
        };
        let Outcome::Registered(id) = archive.register(submission).unwrap() else {
            panic!("registered before");
        };
        self.state.holdings.wake();
        self.state.holdings.wait_until_searchable(|_| {}).unwrap();
        id.to_string()
    }

    /// Registers an open document.
    pub(crate) fn publish(&self, extracted: Extracted) -> String {
        self.register(extracted, AccessClass::Open, Publication::Published)
    }

    /// Runs something on the site's own runtime.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Asks for anything.
    pub(crate) fn ask(&self, request: Request<Body>) -> Reply {
        self.run(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Reply { status: parts.status, headers: parts.headers, body }
        })
    }

    /// Asks with some headers.
    pub(crate) fn ask_with(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::empty()).unwrap())
    }

    /// Asks as anyone.
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask_with(Method::GET, path, &[])
    }

    /// Asks as the owner.
    pub(crate) fn get_as_owner(&self, path: &str) -> Reply {
        self.ask_with(Method::GET, path, &[("authorization", &format!("Bearer {TOKEN}"))])
    }

    /// Sends a body as the owner.
    pub(crate) fn post_as_owner(&self, path: &str, body: &[u8]) -> Reply {
        self.post(path, &[("authorization", &format!("Bearer {TOKEN}"))], body)
    }

    /// Sends a body.
    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut request = Request::builder().method(Method::POST).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::from(body.to_vec())).unwrap())
    }

    /// Sends a file to be filed, as the owner.
    pub(crate) fn upload(&self, query: &str, bytes: &[u8]) -> Reply {
        let authorization = format!("Bearer {TOKEN}");
        let path = format!("/api/v1/documents?{query}");
        self.post(&path, &[("authorization", &authorization)], bytes)
    }

    /// Files a document, waits until it can be found, and gives its id.
    pub(crate) fn file(&self, query: &str, bytes: &[u8]) -> String {
        let reply = self.upload(query, bytes);
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        self.state.holdings.wait_until_searchable(|_| {}).unwrap();
        reply.json()["id"].as_str().unwrap().to_owned()
    }
}

/// The body of a form with one file in it, and its content type.
pub(crate) fn form(part: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = "batas-contoh";
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"{part}\"; filename=\"a.pdf\"\r\n\r\n"
    );
    let mut body = head.into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// The names of an object's members.
pub(crate) fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>()
}

/// Whether two objects have the same members, whatever their order.
pub(crate) fn assert_members(value: &Value, expected: &[&str]) {
    let found: BTreeMap<&str, ()> = members(value).into_iter().map(|name| (name, ())).collect();
    let expected: BTreeMap<&str, ()> = expected.iter().map(|name| (*name, ())).collect();
    assert_eq!(found, expected);
}
