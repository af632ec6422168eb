//! Every address, asked by everybody: who may not is turned away, who may is not. An address that
//! is not in this matrix fails the test.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use simars_access::people::Attempt;
use simars_access::{Grant, LoginName, SignIn};
use simars_record::{AccessClass, Publication};

use crate::made::tally;
use crate::site::{Site, TOKEN};

/// Everybody who may ask. The owner asks the API only; `elsewhere` is an archivist who works for
/// another unit than that of the draft.
pub(crate) const ASKERS: [&str; 9] = [
    "anyone",
    "reader",
    "verifier",
    "officer",
    "approver",
    "archivist",
    "administrator",
    "elsewhere",
    "owner",
];
/// Those who sign in.
pub(crate) const SIGNED: std::ops::Range<usize> = 1..8;

/// Who gets through.
enum Who {
    /// Whoever asks.
    All,
    /// Whoever signed in; the owner does not sign in.
    Staff,
    /// These.
    Only(&'static [&'static str]),
}

use Who::{All, Only, Staff};

const FINDERS: Who = Only(&["officer", "approver", "archivist", "owner"]);
const REVIEWERS: Who = FINDERS;
const DESCRIBERS: Who = Only(&["officer", "archivist", "owner"]);
const FILERS: Who = Only(&["officer", "archivist", "owner"]);
const PUBLISHERS: Who = Only(&["approver", "archivist", "owner"]);
const CLASSIFIERS: Who = Only(&["archivist", "owner"]);
/// Whoever may put something before the public puts shelves together too.
const SHELVERS: Who = PUBLISHERS;
const ADMINISTRATORS: Who = Only(&["administrator", "owner"]);
const AUDITORS: Who = Only(&["approver", "archivist", "administrator", "owner"]);
const NOBODY: Who = Only(&[]);

/// Method, address, body, and who gets through. `{id}` is a draft of the class *terbatas*, which
/// everybody who works here is cleared for.
const MATRIX: [(&str, &str, &str, Who); 133] = [
    // Pages of readers: whoever reads them is anyone, so a draft is there for nobody.
    ("GET", "/", "", All),
    ("GET", "/cari", "", All),
    ("GET", "/cari/feed.atom", "", All),
    ("GET", "/dokumen/{id}", "", NOBODY),
    ("GET", "/dokumen/{id}/halaman", "", All),
    ("GET", "/dokumen/{id}/halaman/{n}", "", NOBODY),
    ("GET", "/dokumen/{id}/halaman/{n}/gambar", "", NOBODY),
    ("GET", "/dokumen/{id}/halaman/{n}/tabel/{name}", "", NOBODY),
    ("GET", "/koleksi", "", All),
    ("GET", "/koleksi/{by}/{value}/feed.atom", "", All),
    ("GET", "/koleksi/terbaru", "", All),
    ("GET", "/koleksi/terbanyak-dibaca", "", All),
    ("GET", "/koleksi/jenis/{kind}", "", All),
    ("GET", "/koleksi/{slug}", "", All),
    ("GET", "/koleksi/{slug}/feed.atom", "", All),
    ("GET", "/cakupan", "", All),
    ("GET", "/statistik", "", All),
    ("GET", "/statistik/{name}", "", NOBODY),
    ("GET", "/tentang", "", All),
    ("GET", "/D/{id}/{sha256}", "", NOBODY),
    ("GET", "/D/{id}/{sha256}/{index}", "", NOBODY),
    ("GET", "/d/{id}/{sha256}", "", NOBODY),
    ("GET", "/d/{id}/{sha256}/{index}", "", NOBODY),
    ("GET", "/verifikasi", "", All),
    ("POST", "/verifikasi", "", All),
    ("GET", "/verifikasi/luring", "", All),
    ("GET", "/verifikasi/banding", "", All),
    ("POST", "/verifikasi/banding", "", All),
    // Pages of those who work here.
    ("GET", "/petugas", "", Staff),
    ("GET", "/petugas/masuk", "", All),
    ("POST", "/petugas/masuk", "nama=x", All),
    // Where no provider is named, there is nothing.
    ("GET", "/petugas/masuk/luar", "", NOBODY),
    ("GET", "/petugas/masuk/luar/kembali", "", NOBODY),
    // Where this server is known by no name, passkeys cannot be used.
    ("POST", "/petugas/masuk/passkey", "", NOBODY),
    ("POST", "/petugas/masuk/passkey/mulai", "", NOBODY),
    ("POST", "/petugas/akun/passkey/mulai", "", NOBODY),
    ("POST", "/petugas/akun/passkey", "hapus=x", Staff),
    ("POST", "/petugas/keluar", "", Staff),
    ("GET", "/petugas/undangan/{secret}", "", NOBODY),
    ("POST", "/petugas/undangan/{secret}", "nama=x", NOBODY),
    ("GET", "/petugas/akun", "", Staff),
    ("POST", "/petugas/akun/sandi", "lama=a&sandi=b&lagi=c", Staff),
    ("POST", "/petugas/akun/faktor", "kode=1", Staff),
    ("POST", "/petugas/akun/sesi", "sesi=x", Staff),
    ("POST", "/petugas/akun/kunci", "hapus=x", Staff),
    ("GET", "/petugas/orang", "", ADMINISTRATORS),
    ("POST", "/petugas/orang", "nama=1", ADMINISTRATORS),
    ("POST", "/petugas/orang/{login}", "buat=undangan", ADMINISTRATORS),
    ("GET", "/petugas/riwayat", "", AUDITORS),
    ("GET", "/petugas/laporan", "", AUDITORS),
    ("GET", "/petugas/rak", "", SHELVERS),
    ("POST", "/petugas/rak", "naik=peraturan", SHELVERS),
    ("GET", "/petugas/rak/{slug}", "", SHELVERS),
    ("POST", "/petugas/rak/{slug}", "turun=x", SHELVERS),
    ("GET", "/petugas/tinjau", "", REVIEWERS),
    ("POST", "/petugas/tinjau", "pilih=x&lalu=terbit", REVIEWERS),
    ("GET", "/petugas/unggah", "", FILERS),
    ("POST", "/petugas/unggah", "", FILERS),
    ("GET", "/petugas/lembar-pemisah", "", FILERS),
    ("GET", "/petugas/lembar-pemisah.pdf", "", FILERS),
    ("GET", "/petugas/dokumen/{id}", "", FINDERS),
    ("POST", "/petugas/dokumen/{id}", "lalu=simpan&title=Judul", DESCRIBERS),
    ("POST", "/petugas/dokumen/{id}", "lalu=tarik", PUBLISHERS),
    ("POST", "/petugas/dokumen/{id}", "lalu=kelas&kelas=terbatas", CLASSIFIERS),
    ("GET", "/petugas/dokumen/{id}/banding/{other}", "", FINDERS),
    ("POST", "/petugas/dokumen/{id}/konsep", "title=x", DESCRIBERS),
    ("GET", "/petugas/dokumen/{id}/berkas", "", FINDERS),
    ("GET", "/petugas/dokumen/{id}/halaman/{n}/gambar", "", FINDERS),
    // Classification and retention.
    ("GET", "/petugas/klasifikasi", "", REVIEWERS),
    ("POST", "/petugas/klasifikasi", "sidik=x&sejak=2026-01-01", CLASSIFIERS),
    ("POST", "/petugas/klasifikasi/periksa", "", CLASSIFIERS),
    ("GET", "/petugas/jatuh-tempo", "", REVIEWERS),
    ("POST", "/petugas/dokumen/{id}/retensi", "lalu=tahan&alasan=uji", CLASSIFIERS),
    ("GET", "/api/v1/schedule", "", REVIEWERS),
    ("POST", "/api/v1/schedule", "kode,uraian\nXX,Contoh\n", CLASSIFIERS),
    ("GET", "/api/v1/schedule/due", "", REVIEWERS),
    ("GET", "/api/v1/documents/{id}/retention", "", REVIEWERS),
    ("POST", "/api/v1/documents/{id}/acts", ACT_CLASSIFY, CLASSIFIERS),
    ("POST", "/api/v1/documents/{id}/acts", ACT_HOLD, CLASSIFIERS),
    // The API.
    ("GET", "/api/v1/search", "", All),
    ("GET", "/api/v1/search/export/{form}", "", All),
    ("GET", "/api/v1/suggest", "", All),
    ("GET", "/api/v1/documents/{id}/search", "", FINDERS),
    ("GET", "/api/v1/documents/{id}/similar", "", FINDERS),
    ("POST", "/api/v1/documents", "isi", PUBLISHING_FILERS),
    ("GET", "/api/v1/documents/{id}", "", FINDERS),
    ("POST", "/api/v1/documents/{id}/acts", ACT_WITHDRAW, PUBLISHERS),
    ("POST", "/api/v1/documents/{id}/acts", ACT_ACCESS, CLASSIFIERS),
    ("POST", "/api/v1/documents/{id}/acts", ACT_CORRECT, DESCRIBERS),
    ("GET", "/api/v1/documents/{id}/jsonld", "", FINDERS),
    ("GET", "/api/v1/documents/{id}/citation/{form}", "", FINDERS),
    ("POST", "/api/v1/documents/{id}/extract", "", DESCRIBERS),
    ("GET", "/api/v1/documents/{id}/pages/{n}", "", FINDERS),
    ("GET", "/api/v1/documents/{id}/pages/{n}/tables", "", FINDERS),
    ("GET", "/api/v1/documents/{id}/pages/{n}/image", "", FINDERS),
    ("GET", "/api/v1/documents/{id}/pages/{n}/tables/{name}", "", FINDERS),
    ("GET", "/api/v1/documents/{id}/content", "", FINDERS),
    ("PUT", "/api/v1/documents/{id}/content", "", DESCRIBERS),
    ("GET", "/api/v1/documents/{id}/text", "", FINDERS),
    ("GET", "/api/v1/documents/{id}/events", "", FINDERS),
    // What is handed out speaks of what is public; 503 says that nothing is set up for a copy.
    ("GET", "/api/v1/documents/{id}/certificate.pdf", "", NOBODY),
    ("GET", "/api/v1/documents/{id}/copy.pdf", "", FINDERS),
    ("GET", "/api/v1/documents/{id}/reading.pdf", "", NOBODY),
    ("GET", "/api/v1/documents/{id}/proof", "", NOBODY),
    ("POST", "/api/v1/compare", "isi", All),
    ("GET", "/api/v1/audit", "", AUDITORS),
    ("GET", "/api/v1/coverage", "", REVIEWERS),
    ("GET", "/api/v1/people", "", ADMINISTRATORS),
    ("POST", "/api/v1/people", "{}", ADMINISTRATORS),
    ("GET", "/api/v1/recognition", "", REVIEWERS),
    ("GET", "/api/v1/review", "", REVIEWERS),
    ("POST", "/api/v1/verify", "isi", NOBODY),
    ("GET", "/api/v1/verify/{sha256}", "", NOBODY),
    ("GET", "/api/v1/verify/{sha256}/proof", "", NOBODY),
    // Uploads that go on; each is there only for whoever began it.
    ("POST", "/api/v1/uploads", "", FILERS),
    ("HEAD", "/api/v1/uploads/{id}", "", NOBODY),
    ("POST", "/petugas/unggahan", "", FILERS),
    ("HEAD", "/petugas/unggahan/{id}", "", NOBODY),
    // For machines.
    ("GET", "/healthz", "", All),
    ("GET", "/readyz", "", All),
    ("GET", "/metrics", "", ADMINISTRATORS),
    ("GET", "/log/checkpoint", "", NOBODY),
    ("GET", "/log/policy", "", NOBODY),
    ("GET", "/log/tile/{*rest}", "", NOBODY),
    ("GET", "/feed.atom", "", All),
    ("GET", "/sitemap.xml", "", All),
    ("GET", "/opensearch.xml", "", All),
    ("GET", "/openapi.json", "", All),
    ("GET", "/oai", "", All),
    ("POST", "/oai", "", All),
    ("GET", "/robots.txt", "", All),
    ("GET", "/favicon.ico", "", All),
    ("GET", "/static/{hash}/{name}", "", NOBODY),
];

const PUBLISHING_FILERS: Who = Only(&["archivist", "owner"]);
const ACT_WITHDRAW: &str = r#"{"act":"withdraw"}"#;
const ACT_CLASSIFY: &str = r#"{"act":"classify","code":"XX.01"}"#;
const ACT_HOLD: &str = r#"{"act":"hold","reason":"uji"}"#;
const ACT_ACCESS: &str = r#"{"act":"access","access":"terbatas"}"#;
const ACT_CORRECT: &str = r#"{"act":"correct","description":{"place":"Contoh"}}"#;

/// Somebody who signed in: the cookie, what forms have to show, and a key.
pub(crate) struct Signed {
    pub(crate) cookie: String,
    mark: String,
    pub(crate) key: String,
}

/// What somebody may do who asks under this name.
fn grant(asker: &str) -> Grant {
    let (role, clearance, unit) = match asker {
        "elsewhere" => ("archivist", AccessClass::TopSecret, "LAIN".parse().ok()),
        role => (role, AccessClass::Restricted, None),
    };
    Grant { roles: role.parse().unwrap(), clearance, unit }
}

/// Adds somebody who asks under this name and signs them in.
pub(crate) fn sign_in(site: &Site, role: &str) -> Signed {
    let now = site.state.holdings.archive().now();
    let mut random = |bytes: &mut [u8]| (site.state.random)(bytes);
    let login: LoginName = format!("uji-{role}").parse().unwrap();
    site.state.people.look(|people| {
        let rights = grant(role);
        let link = people.add(login.clone(), "", rights, now, &mut random).unwrap();
        people.accept(link.reveal(), "hash".to_owned(), now).unwrap();
        let key = people.add_key(&login, "", (rights.roles, 1), now, &mut random).unwrap();
        let attempt = Attempt {
            login: &login,
            password_is_right: true,
            number: "",
            browser: "",
            address: "",
        };
        let SignIn::In(secret) = people.sign_in(&attempt, now, &mut random) else {
            panic!("{role} may come in");
        };
        let secret = secret.reveal().to_owned();
        let mark = simars_record::Digest::of(format!("simars/tanda/{secret}").as_bytes());
        Signed {
            cookie: format!("simars-petugas={secret}"),
            mark: mark.to_string()[..32].to_owned(),
            key: key.reveal().to_owned(),
        }
    })
}

/// An archive with a draft of the class *terbatas*, and everybody signed in.
struct Scene {
    site: Site,
    id: String,
    signed: BTreeMap<&'static str, Signed>,
}

impl Scene {
    fn new() -> Self {
        let site = Site::new();
        let id = site.register(tally(), AccessClass::Restricted, Publication::Draft);
        let signed = ASKERS[SIGNED].iter().map(|role| (*role, sign_in(&site, role))).collect();
        Self { site, id, signed }
    }
}

/// Whether an answer turns somebody away.
fn turns_away(reply: &crate::site::Reply) -> bool {
    let to = reply.header("location");
    matches!(reply.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
        && !reply.text().contains("staff-sign-in")
        || to.starts_with("/petugas/masuk?ke=")
}

/// An address with something in the place of everything that varies.
fn filled(path: &str, id: &str) -> String {
    path.replace("{id}", id)
        .replace("{other}", id)
        .replace("{n}", "2")
        .replace("{name}", "1.csv")
        .replace("{sha256}", &"a".repeat(64))
        .replace("{index}", "1")
        .replace("{form}", "bibtex")
        .replace("{secret}", &"a".repeat(64))
        .replace("{hash}", "0")
        .replace("{by}", "tahun")
        .replace("{value}", "2024")
        .replace("{*rest}", "0/000")
        .replace("{slug}", "peraturan")
        .replace("{kind}", "keputusan")
        .replace("{login}", "uji-administrator")
}

#[test]
fn every_route_lets_through_whom_it_should() {
    let mut wrong = Vec::new();
    let readers = Scene::new();
    for (method, path, body, who) in &MATRIX {
        // Who does something gets an archive of their own: what one of them did must not change
        // what another may.
        let writers = (!matches!(*method, "GET" | "HEAD")).then(Scene::new);
        let Scene { site, id, signed } = writers.as_ref().unwrap_or(&readers);
        let address = filled(path, id);
        let staff_page = path.starts_with("/petugas");
        for asker in ASKERS {
            if asker == "owner" && staff_page {
                continue;
            }
            let signed = signed.get(asker);
            let expected = match who {
                All => true,
                Staff => signed.is_some(),
                Only(names) if asker == "elsewhere" => {
                    names.contains(&"archivist") && !path.contains("{id}")
                }
                Only(names) => names.contains(&asker),
            };
            let mut request =
                Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap());
            let mut address = address.clone();
            match (signed, asker) {
                (Some(signed), _) if staff_page => {
                    request = request.header("cookie", &signed.cookie);
                    address = format!("{address}?tanda={}", signed.mark);
                }
                (Some(signed), _) => {
                    request = request.header("authorization", format!("Bearer {}", signed.key));
                }
                (None, "owner") => {
                    request = request.header("authorization", format!("Bearer {TOKEN}"));
                }
                (None, _) => {}
            }
            if *path == "/api/v1/documents" || *method == "PUT" {
                address = format!("{address}?name=uji-{asker}.txt");
            }
            if staff_page && *method == "POST" {
                request = request.header("content-type", "application/x-www-form-urlencoded");
            }
            let body = if *path == "/api/v1/documents" {
                format!("{body} {asker}")
            } else {
                (*body).to_owned()
            };
            let reply = site.ask(request.uri(&address).body(Body::from(body)).unwrap());
            // A wrong password is told to whoever tried.
            let told = *path == "/petugas/masuk" && reply.status == StatusCode::UNAUTHORIZED;
            if (told || !turns_away(&reply)) != expected {
                wrong.push(format!("{method} {path} {asker}: {}", reply.status));
            }
            // A form of another session is turned away, whoever sends it.
            if let (Some(signed), true, "POST", Staff | Only([_, ..])) =
                (signed, staff_page, *method, who)
            {
                let bare =
                    Request::builder().method(Method::POST).uri(address.split('?').next().unwrap());
                let bare = bare.header("cookie", &signed.cookie);
                let reply = site.ask(bare.body(Body::empty()).unwrap());
                if !turns_away(&reply) {
                    wrong.push(format!("{method} {path} {asker} without a mark: {}", reply.status));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every route of the router, by its method.
pub(crate) fn routes() -> BTreeSet<(&'static str, &'static str)> {
    let router = include_str!("../../src/router.rs");
    let mut routes = BTreeSet::new();
    for piece in router.split(".route(").skip(1) {
        let address = piece.split('"').nth(1).unwrap();
        let handlers = piece.split(".route(").next().unwrap();
        for (mark, method) in
            [("get(", "GET"), ("post(", "POST"), ("put(", "PUT"), ("content)", "GET")]
        {
            if handlers.split("\n        .layer(").next().unwrap().contains(mark) {
                routes.insert((method, address));
            }
        }
    }
    // These tell their methods apart themselves.
    for (method, address) in [
        ("POST", "/api/v1/uploads"),
        ("HEAD", "/api/v1/uploads/{id}"),
        ("POST", "/petugas/unggahan"),
        ("HEAD", "/petugas/unggahan/{id}"),
    ] {
        assert!(router.contains(&format!("\"{address}\", any(")));
        routes.insert((method, address));
    }
    // This one has its handlers on a line before.
    routes.insert(("PUT", "/api/v1/documents/{id}/content"));
    assert!(routes.len() > 60, "the router was not understood: {routes:?}");
    routes
}

#[test]
fn every_route_is_in_the_matrix() {
    let routes = routes();
    let known: BTreeSet<(&str, &str)> =
        MATRIX.iter().map(|(method, path, ..)| (*method, *path)).collect();
    let missing: Vec<_> = routes.difference(&known).collect();
    let gone: Vec<_> = known.difference(&routes).collect();
    assert!(missing.is_empty() && gone.is_empty(), "missing: {missing:?}, gone: {gone:?}");
}

#[test]
fn whatever_reads_a_document_leaves_a_trail() {
    let trail = include_str!("../../src/trail.rs");
    // What tells of a document without its content.
    let description =
        ["/documents/{id}", "/similar", "/citation/{form}", "/events", "/jsonld", "/retention"];
    for (method, path, _, who) in &MATRIX {
        let inside = matches!(who, Only([_, ..])) && *method == "GET" && path.contains("{id}");
        let api = path.starts_with("/api/");
        let describes = api && description.iter().any(|end| path.ends_with(end));
        let read = trail.contains(&format!("\"{path}\""));
        assert!(!inside || read != describes, "{method} {path} is neither read nor description");
    }
}
