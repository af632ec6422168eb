//! The public log over HTTP: what anybody gets, and what nobody learns from it.

use axum::http::StatusCode;
use simars_archive::Change;
use simars_record::{AccessClass, Digest};
use simars_tlog::{Policy, ProofFile, Tile};
use simars_verify::{Evidence, Outcome};

use crate::site::{DECISION, Reply, Site};

/// An archive with a log and one document, in a checkpoint.
fn site(query: &str) -> (Site, String) {
    let site = Site::new();
    let id = site.file(query, DECISION.as_bytes());
    site.state.holdings.archive().create_log("arsip.example/log".parse().unwrap(), None).unwrap();
    (site, id)
}

fn judged(site: &Site, proof: &Reply, copy: &[u8]) -> Outcome {
    assert_eq!(proof.status, StatusCode::OK, "{}", proof.text());
    let policy = Policy::from_bytes(&site.get("/log/policy").body).unwrap();
    let copy = Digest::of(copy);
    let evidence = Evidence { copy, proof: proof.text(), nonce: None, later: &[] };
    evidence.judge(&policy).outcome
}

#[test]
fn anybody_can_check_a_copy_and_its_status() {
    let (site, id) = site("name=a.txt");
    let of_document = format!("/api/v1/documents/{id}/proof");
    let of_copy = format!("/api/v1/verify/{}/proof", Digest::of(DECISION.as_bytes()));
    let proof = site.get(&of_document);
    assert_eq!(judged(&site, &proof, DECISION.as_bytes()), Outcome::Genuine);
    assert_eq!(judged(&site, &proof, b"another file"), Outcome::Altered);
    assert!(proof.header("content-disposition").contains(".tlog-proof"));
    assert_eq!(judged(&site, &site.get(&of_copy), DECISION.as_bytes()), Outcome::Genuine);
    let absent = site.get(&format!("/api/v1/verify/{}/proof", Digest::of(b"another file")));
    assert_eq!(judged(&site, &absent, b"another file"), Outcome::NotRegistered);
    assert_eq!(judged(&site, &absent, DECISION.as_bytes()), Outcome::ProofDamaged);

    let archive = site.state.holdings.archive();
    archive.change(&id.parse().unwrap(), &Change::Withdraw).unwrap();
    archive.publish().unwrap();
    assert_eq!(judged(&site, &proof, DECISION.as_bytes()), Outcome::Genuine, "as it was then");
    assert_eq!(judged(&site, &site.get(&of_copy), DECISION.as_bytes()), Outcome::Withdrawn);
    assert_eq!(site.get(&of_document).status, StatusCode::NOT_FOUND, "it is not to be read");
}

#[test]
fn a_document_says_whether_witnesses_have_seen_its_log() {
    let (site, id) = site("name=a.txt");
    let page = site.get(&format!("/dokumen/{id}"));
    assert!(page.text().contains(&format!("/api/v1/documents/{id}/proof")));
    assert!(!page.text().contains("saksi"), "no witness was named");
    let policy = site.state.holdings.archive().folder().log().join("policy");
    let witness = "saksi-1.example".parse().unwrap();
    let witness =
        simars_tlog::SignerKey::from_seed(witness, simars_tlog::KeyKind::Cosignature, &[7; 32])
            .unwrap();
    let before = std::fs::read_to_string(&policy).unwrap();
    let key = witness.verifier();
    let named = before.replace("quorum none", &format!("witness saksi-1 {key}\nquorum saksi-1"));
    std::fs::write(&policy, named).unwrap();
    let page = site.get(&format!("/dokumen/{id}"));
    assert!(page.text().contains("Menunggu saksi: baru 0 dari 1"), "{}", page.text());
    let archive = site.state.holdings.archive();
    let published = archive.published().unwrap();
    let signature = witness.cosign(published.note.text(), 1_795_600_000).unwrap();
    archive.add_cosignatures(&published.head, vec![signature]).unwrap();
    let page = site.get(&format!("/dokumen/{id}"));
    assert!(page.text().contains("Dilihat oleh 1 dari 1 saksi"));
}

#[test]
fn the_log_is_served_as_files() {
    let (site, _) = site("name=a.txt");
    let checkpoint = site.get("/log/checkpoint");
    assert_eq!(checkpoint.header("content-type"), "text/plain; charset=utf-8");
    assert!(checkpoint.header("cache-control").contains("max-age=2"));
    let head = site.state.holdings.archive().published().unwrap().head;
    assert!(checkpoint.text().starts_with(&format!("arsip.example/log\n{}\n", head.size)));
    for path in ["tile/0/000", "tile/entries/000"] {
        let partial = format!("/log/{path}.p/{}", head.size);
        let tile = site.get(&partial);
        assert_eq!(tile.status, StatusCode::OK, "{partial}");
        assert!(tile.header("cache-control").contains("immutable"));
        assert_eq!(site.get(&format!("/log/{path}")).status, StatusCode::NOT_FOUND);
    }
    for wrong in ["tile/0/000.p/0", "tile/0/..%2f..%2fkeys", "tile/64/000", "keys/log", "tile/"] {
        assert!(wrong.parse::<Tile>().is_err());
        assert_eq!(site.get(&format!("/log/{wrong}")).status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[test]
fn closed_documents_are_proved_to_nobody_and_denied_to_nobody() {
    for query in ["name=a.txt&access=rahasia", "name=a.txt&draft=1"] {
        let (site, id) = site(query);
        let hidden = site.get(&format!("/api/v1/documents/{id}/proof"));
        let absent = site.get("/api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaa/proof");
        assert_eq!((hidden.status, hidden.text()), (absent.status, absent.text()));
        // By its digest it is answered like any other file that is not public.
        let proof = site.get(&format!("/api/v1/verify/{}/proof", Digest::of(DECISION.as_bytes())));
        assert_eq!(judged(&site, &proof, DECISION.as_bytes()), Outcome::NotRegistered);
        let owner = site.get_as_owner(&format!("/api/v1/documents/{id}/proof"));
        let proof: ProofFile = owner.text().parse().unwrap();
        let carried = String::from_utf8(proof.extra.unwrap()).unwrap();
        assert!(carried.contains("konten tertutup:"), "{carried}");
        assert!(!carried.contains(&Digest::of(DECISION.as_bytes()).to_string()));
    }
}

#[test]
fn what_was_public_once_is_not_called_absent() {
    let (site, id) = site("name=a.txt");
    let archive = site.state.holdings.archive();
    archive.change(&id.parse().unwrap(), &Change::Access(AccessClass::Secret)).unwrap();
    archive.publish().unwrap();
    let reply = site.get(&format!("/api/v1/verify/{}/proof", Digest::of(DECISION.as_bytes())));
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(reply.json()["code"], "not-registered");
}

#[test]
fn without_a_log_that_is_said() {
    let (site, id) = Site::with_decision();
    for address in [
        "/log/checkpoint".to_owned(),
        "/log/policy".to_owned(),
        format!("/api/v1/documents/{id}/proof"),
        format!("/api/v1/verify/{}/proof", Digest::of(b"x")),
    ] {
        let reply = site.get(&address);
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{address}");
        assert_eq!(reply.json()["code"], "no-log", "{address}");
    }
}
