//! The router asked directly, on a real folder: each status, a race, a disk that fails.

use std::path::Path as FilePath;

use axum::body::Body;
use axum::http::Request as HttpRequest;
use simars_tlog::note::Signed;
use simars_tlog::witness::Request as Asked;
use simars_tlog::{Checkpoint, KeyKind, Note, SignerKey, TreeHead, VerifierKey, consistency, root};
use tower::ServiceExt;

use super::*;

const ORIGIN: &str = "arsip.example/log";

fn log_key(seed: u8) -> SignerKey {
    SignerKey::from_seed(ORIGIN.parse().unwrap(), KeyKind::Ed25519, &[seed; 32]).unwrap()
}

fn leaves(count: usize) -> Vec<Digest> {
    (0..count).map(|number| Digest::of(&number.to_be_bytes())).collect()
}

fn request(old: usize, new: usize) -> Asked {
    let leaves = leaves(new);
    let head = TreeHead { size: new as u64, root: root(&leaves) };
    let checkpoint = Checkpoint::new(ORIGIN, head, Vec::new()).unwrap();
    let proof = consistency(&leaves, old).unwrap_or_default();
    Asked { old: old as u64, proof, note: checkpoint.sign(&log_key(1)).unwrap() }
}

fn made(folder: &FilePath) -> VerifierKey {
    Witness::create(folder, "saksi.example".parse().unwrap(), &[9; 32]).unwrap()
}

fn opened(folder: &FilePath) -> Arc<Witness> {
    let keys = [log_key(1).verifier().clone()];
    Arc::new(Witness::open(folder, &keys, || 1_790_000_000).unwrap())
}

async fn posted(router: &Router, body: String) -> (u16, String, String) {
    let request = HttpRequest::post("/add-checkpoint").body(Body::from(body)).unwrap();
    answer(router, request).await
}

async fn answer(router: &Router, request: HttpRequest<Body>) -> (u16, String, String) {
    let answer = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let media_type = parts.headers.get("content-type").map(|value| value.to_str().unwrap());
    let media_type = media_type.unwrap_or_default().to_owned();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status.as_u16(), media_type, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn every_answer_of_the_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let key = made(folder.path());
    let router = router(opened(folder.path()));
    let size = |size: u64| (409, SIZE.to_owned(), format!("{size}\n"));
    assert_eq!(posted(&router, request(3, 7).to_string()).await, size(0));
    let (status, _, line) = posted(&router, request(0, 7).to_string()).await;
    assert_eq!(status, 200, "{line}");
    let mut note = request(0, 7).note;
    note.add(line.trim_end().parse().unwrap());
    assert_eq!(note.signed_by(&key), Ok(Some(Signed::At(1_790_000_000))));
    assert_eq!(posted(&router, request(0, 9).to_string()).await, size(7));
    assert_eq!(posted(&router, request(3, 5).to_string()).await, size(7));
    let mut unproved = request(7, 9);
    unproved.proof.pop();
    let mut unsigned = request(7, 9);
    unsigned.note = request(7, 9).note.to_string().replace("\n9\n", "\n8\n").parse().unwrap();
    let unknown = request(0, 7).to_string().replace(ORIGIN, "other.example/log");
    for (body, status) in [
        (unproved.to_string(), 422),
        (unsigned.to_string(), 403),
        (unknown, 404),
        (Asked { old: 10, ..request(9, 9) }.to_string(), 400),
        ("old 7\n".to_owned(), 400),
        ("x".repeat(LONGEST_REQUEST + 1), 413),
    ] {
        assert_eq!(posted(&router, body).await.0, status);
    }
    assert_eq!(posted(&router, request(7, 9).to_string()).await.0, 200);
    assert_eq!(posted(&router, request(9, 9).to_string()).await.0, 200, "once more, a later time");
    let shown = |origin: &str| {
        let address = format!("/{}/checkpoint", Digest::of(origin.as_bytes()));
        answer(&router, HttpRequest::get(address).body(Body::empty()).unwrap())
    };
    let (status, media_type, text) = shown(ORIGIN).await;
    assert_eq!((status, &*media_type), (200, TEXT));
    let note: Note = text.parse().unwrap();
    assert_eq!(note.text(), request(0, 9).note.text());
    assert_eq!(note.signed_by(log_key(1).verifier()), Ok(Some(Signed::Text)));
    assert_eq!(shown("other.example/log").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_at_once_one_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let router = router(opened(folder.path()));
    assert_eq!(posted(&router, request(0, 3).to_string()).await.0, 200);
    // All of them continue the same tree, each by another number of leaves.
    let asked: Vec<_> = (0..100)
        .map(|number| {
            let router = router.clone();
            tokio::spawn(async move { posted(&router, request(3, 4 + number).to_string()).await })
        })
        .collect();
    let mut cosigned = Vec::new();
    for (number, asked) in asked.into_iter().enumerate() {
        let (status, _, text) = asked.await.unwrap();
        match status {
            200 => cosigned.push(4 + number as u64),
            409 => assert!(text.trim_end().parse::<u64>().unwrap() > 3),
            other => panic!("{other}: {text}"),
        }
    }
    assert_eq!(cosigned.len(), 1, "more than one continues the same tree: {cosigned:?}");
    drop(router);
    let again = opened(folder.path());
    assert_eq!(again.logs().collect::<Vec<_>>(), [(ORIGIN, cosigned[0])]);
}

#[test]
fn one_process_and_one_key_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let keys = [log_key(1).verifier().clone()];
    let open = || Witness::open(folder.path(), &keys, || 0);
    assert!(matches!(open(), Err(WitnessError::Missing(_))));
    made(folder.path());
    let again = Witness::create(folder.path(), "saksi.example".parse().unwrap(), &[8; 32]);
    assert!(matches!(again, Err(WitnessError::Begun(_))));
    let mode = std::fs::metadata(folder.path().join("key")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    let witness = open().unwrap();
    assert!(matches!(open(), Err(WitnessError::Locked(_))));
    witness.add(&request(0, 7).to_string()).unwrap();
    drop(witness);
    // What it cosigned is never taken for nothing.
    let place = folder.path().join("checkpoints").join(Digest::of(ORIGIN.as_bytes()).to_string());
    let text = std::fs::read_to_string(&place).unwrap();
    for wrong in [text.replace("\n7\n", "\n6\n"), String::new(), text.replace("saksi", "sakti")] {
        std::fs::write(&place, wrong).unwrap();
        assert!(matches!(open(), Err(WitnessError::Damaged { .. })));
    }
}

#[test]
fn a_disk_that_fails_is_not_cosigned_over() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let witness = opened(folder.path());
    witness.add(&request(0, 3).to_string()).unwrap();
    let checkpoints = folder.path().join("checkpoints");
    let moved = folder.path().join("elsewhere");
    std::fs::rename(&checkpoints, &moved).unwrap();
    assert!(matches!(witness.add(&request(3, 7).to_string()), Err(Answered::Failed(_))));
    std::fs::rename(&moved, &checkpoints).unwrap();
    assert!(matches!(witness.add(&request(3, 7).to_string()), Err(Answered::Failed(_))));
    drop(witness);
    opened(folder.path()).add(&request(3, 7).to_string()).unwrap();
}
