//! The checker of the pages in a real Chromium: the project's vectors through its scripts, files of
//! any size, proofs handed over with a file, and the saved page without a network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use simars_record::Hasher;
use simars_testkit::Server;
use thirtyfour::cdp::domains::network::{EmulateNetworkConditions, NetworkConditions};
use thirtyfour::prelude::*;

use crate::browser::{Driver, journey, screens, unfold, until_it_says};
use crate::scene::{Scene, decision, sha256};

/// Asks every question there is; runs in a page that has the scripts.
const VECTORS: &str = include_str!("checker/vectors.js");
/// How fast the two ways of hashing are with the file in the field `measured`, in bytes per second.
const RATES: &str = "return (async () => {
    const file = document.getElementById('measured').files[0];
    const rate = async (hash) => {
        const from = performance.now();
        const digest = await hash();
        return [Math.round(file.size / (performance.now() - from) * 1000), digest];
    };
    await simars.hashBySlices(file.slice(0, 8 << 20), () => {});
    return [
        await rate(() => simars.hashBySlices(file, () => {})),
        await rate(() => simars.hashFile(file, () => {})),
    ];
})();";

fn vectors() -> PathBuf {
    simars_testkit::project().join("tests/vectors")
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All vectors as one value: files in hexadecimal by their paths, cases, formats, the tree.
fn given() -> Value {
    let mut files = BTreeMap::new();
    for kind in ["files", "proofs", "policies"] {
        for entry in std::fs::read_dir(vectors().join(kind)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{kind}/{}", entry.file_name().to_str().unwrap());
            files.insert(path, hexadecimal(&std::fs::read(entry.path()).unwrap()));
        }
    }
    let read = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(vectors().join(name)).unwrap()).unwrap()
    };
    let [cases, formats, tree] = ["cases.json", "formats.json", "tree.json"].map(read);
    json!({ "files": files, "cases": cases, "formats": formats, "tree": tree })
}

#[test]
fn the_scripts_answer_every_vector_as_the_rest_does() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let given = given();
    assert!(given["cases"].as_array().unwrap().len() >= 90);
    journey(async {
        let driver = chrome.open(1280, 900).await;
        driver.set_script_timeout(Duration::from_secs(300)).await.unwrap();
        for language in ["id", "en"] {
            let page = format!("{}/verifikasi?bahasa={language}", server.base());
            driver.goto(page).await.unwrap();
            let script = format!("{VECTORS}\nreturn askEverything(arguments[0]);");
            let answer = driver.execute(&script, vec![given.clone()]).await.unwrap();
            let answer = answer.json();
            assert_eq!(answer["wrong"], json!([]));
            assert!(answer["count"].as_u64().unwrap() > 1_000, "{answer}");
        }
        driver.quit().await.unwrap();
    });
}

/// Puts files into a field, as a person does who chooses them.
async fn choose(driver: &WebDriver, field: &str, files: &[&Path]) {
    let field = driver.query(By::Css(field)).first().await.unwrap();
    let paths: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    field.send_keys(paths.join("\n")).await.unwrap();
}

/// A file with this many bytes and its digest.
fn large_file(scene: &Scene, name: &str, size: usize) -> (PathBuf, String) {
    let piece: Vec<u8> =
        (0..1_000_003u32).map(|place| (place.wrapping_mul(place) >> 7) as u8).collect();
    let mut bytes = piece.repeat(size / piece.len() + 1);
    bytes.truncate(size);
    let mut hasher = Hasher::new();
    hasher.update(&bytes);
    (scene.file(name, bytes), hasher.finish().to_string())
}

#[test]
fn files_of_any_size_are_hashed_in_the_page() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let whole = 64 << 20;
    // Up to 64 MiB the browser's own function is used, above it that of the page.
    let (small, small_digest) = large_file(&scene, "kecil.bin", whole);
    let (large, large_digest) = large_file(&scene, "besar.bin", whole + 1);
    let endless = scene.file("sangat-besar.bin", "");
    std::fs::File::options().write(true).open(&endless).unwrap().set_len(2 << 30).unwrap();
    journey(async {
        let driver = chrome.open(1280, 1300).await;
        driver.set_script_timeout(Duration::from_secs(120)).await.unwrap();
        driver.goto(format!("{}/verifikasi", server.base())).await.unwrap();
        for (file, digest) in [(&small, &small_digest), (&large, &large_digest)] {
            choose(&driver, "#verify-file input", &[file]).await;
            until_it_says(&driver, digest).await;
        }
        choose(&driver, "#verify-file input", &[&endless]).await;
        let button = driver.query(By::Css("#results .plain")).first().await.unwrap();
        driver.screenshot(&screens().join("check-during-1280.png")).await.unwrap();
        button.click().await.unwrap();
        until_it_says(&driver, "Pemeriksaan sangat-besar.bin dibatalkan").await;

        // Over plain HTTP the browser keeps its own function to itself.
        let address = server.base().replace("127.0.0.1", "arsip.test");
        driver.goto(format!("{address}/verifikasi")).await.unwrap();
        let script = "return [isSecureContext, Boolean(self.crypto && crypto.subtle)];";
        let secure = driver.execute(script, vec![]).await.unwrap();
        assert_eq!(*secure.json(), json!([false, false]));
        choose(&driver, "#verify-file input", &[&small]).await;
        until_it_says(&driver, &small_digest).await;

        driver.goto(format!("{}/verifikasi", server.base())).await.unwrap();
        let field = "const field = document.createElement('input');
            Object.assign(field, { type: 'file', id: 'measured' });
            document.querySelector('main').append(field);";
        driver.execute(field, vec![]).await.unwrap();
        choose(&driver, "#measured", &[&small]).await;
        let rates = driver.execute(RATES, vec![]).await.unwrap();
        let [(slices, by_slices), (own, by_browser)]: [(u64, String); 2] = rates.convert().unwrap();
        assert_eq!((&by_slices, &by_browser), (&small_digest, &small_digest));
        let megabytes = |rate: u64| rate / 1_000_000;
        eprintln!(
            "figure: hashing 64 MiB in Chromium: {} MB/s by the page, {} MB/s by the browser",
            megabytes(slices),
            megabytes(own)
        );
        driver.quit().await.unwrap();
    });
}

#[test]
fn a_proof_that_comes_with_the_file_is_checked_in_the_page() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let held = |path: &str| vectors().join(path);
    let proof = |name: &str| held(&format!("proofs/{name}.tlog-proof"));
    let policy = held("policies/two.policy");
    let file = held("files/penetapan.txt");
    journey(async {
        for width in [320, 1280] {
            let driver = chrome.open(width, 1500).await;
            let page = format!("{}/verifikasi", server.base());
            for (name, file, proof, words) in [
                ("genuine", &file, proof("witnessed-by-two"), "2 dari 3 saksi"),
                (
                    "altered",
                    &held("files/jadwal-2.txt"),
                    proof("witnessed-by-two"),
                    "sidik jari lain",
                ),
                ("damaged", &file, proof("path-swapped"), "Jalur dalam bukti tidak menuju"),
                ("witnesses", &file, proof("one-witness-of-two"), "menunggu saksi"),
            ] {
                driver.goto(&page).await.unwrap();
                choose(&driver, "#verify-file input", &[file, &proof, &policy]).await;
                unfold(&driver).await;
                until_it_says(&driver, words).await;
                assert_fits(&driver, width).await;
                let picture = screens().join(format!("check-{name}-{width}.png"));
                driver.screenshot(&picture).await.unwrap();
            }
            driver.quit().await.unwrap();
        }
    });
}

/// Drops files anywhere on a page: their names and what they hold, in hexadecimal.
const DROP: &str = "const transfer = new DataTransfer();
    for (const [name, bytes] of arguments[0]) {
        transfer.items.add(new File([simars.fromHex(bytes)], name));
    }
    const event = { dataTransfer: transfer, bubbles: true, cancelable: true };
    return document.body.dispatchEvent(new DragEvent('drop', event));";

#[test]
fn files_may_be_dropped_in_any_order() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let dropped = |paths: &[&str]| {
        let read = |path: &&str| {
            let bytes = std::fs::read(vectors().join(path)).unwrap();
            json!([path.rsplit('/').next(), hexadecimal(&bytes)])
        };
        vec![Value::Array(paths.iter().map(read).collect())]
    };
    journey(async {
        let driver = chrome.open(1280, 900).await;
        driver.goto(format!("{}/verifikasi", server.base())).await.unwrap();
        // A proof alone waits for its file; the page is not replaced by what is dropped on it.
        let before = dropped(&["proofs/withdrawn.tlog-proof", "policies/none.policy"]);
        assert_eq!(*driver.execute(DROP, before).await.unwrap().json(), json!(false));
        until_it_says(&driver, "none.policy diterima").await;
        let later = dropped(&["files/pengumuman.txt", "proofs/withdrawal.tlog-proof"]);
        driver.execute(DROP, later).await.unwrap();
        unfold(&driver).await;
        let said = until_it_says(&driver, "Pernyataan terbaru yang ditunjukkan").await;
        assert!(said.contains("Pernah diterbitkan, kini ditarik"), "{said}");
        driver.quit().await.unwrap();
    });
}

async fn assert_fits(driver: &WebDriver, width: u32) {
    let script = "return document.documentElement.scrollWidth;";
    let wide: u32 = driver.execute(script, vec![]).await.unwrap().convert().unwrap();
    assert!(wide <= width, "the page is {wide} wide on a screen of {width}");
}

#[test]
fn what_no_proof_shows_is_the_archives_word() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let text = decision(31, 2025, "penetapan daerah pemilihan contoh");
    let genuine = scene.file("keputusan-31.txt", &text);
    scene.ingest(&[&genuine], &[]);
    let server = scene.serve(&[]);
    journey(async {
        let driver = chrome.open(1280, 1300).await;
        driver.goto(format!("{}/verifikasi", server.base())).await.unwrap();
        choose(&driver, "#verify-file input", &[&genuine]).await;
        until_it_says(&driver, "Log arsip ini belum disiapkan").await;
        driver.quit().await.unwrap();
    });
}

#[test]
fn what_the_archive_proves_is_checked_in_the_page_and_once_saved() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let text = decision(31, 2025, "penetapan daerah pemilihan contoh");
    let genuine = scene.file("keputusan-31.txt", &text);
    let other = scene.file("ubah.txt", text.replace("31", "37"));
    scene.ingest(&[&genuine], &[]);
    let begun = scene.simars(&["log", "init", "--origin", "arsip.example/log"]);
    assert_eq!(begun.code, Some(0), "{}", begun.stderr);
    let server = scene.serve(&[]);
    let proof = scene.file("keputusan-31.tlog-proof", proof_when_ready(&server, &text));
    let saved = scene.file("simars-periksa.html", server.get("/verifikasi/luring").text());
    journey(async {
        let driver = chrome.open(1280, 1300).await;
        driver.goto(format!("{}/verifikasi", server.base())).await.unwrap();
        choose(&driver, "#verify-file input", &[&genuine]).await;
        unfold(&driver).await;
        let said = until_it_says(&driver, "Arsip menjawab: Asli").await;
        assert!(said.contains("Pernyataan terakhir tentang dokumen ini: Diterbitkan"), "{said}");
        assert!(said.contains("yang ditandatangani log arsip.example/log"), "{said}");
        driver.screenshot(&screens().join("check-proved-1280.png")).await.unwrap();
        choose(&driver, "#verify-file input", &[&other]).await;
        until_it_says(&driver, "tidak ada dokumen terbuka dengan sidik jari ini").await;

        // The saved page has the policy of its archive already.
        driver.goto(format!("file://{}", saved.display())).await.unwrap();
        choose(&driver, "#file", &[&genuine]).await;
        choose(&driver, "#proof", &[&proof]).await;
        driver.query(By::Css("#check .main")).first().await.unwrap().click().await.unwrap();
        until_it_says(&driver, "Asli: sama persis").await;
        driver.quit().await.unwrap();
    });
}

/// The proof file for a text; the server reads the log beside its first answers.
fn proof_when_ready(server: &Server, text: &str) -> String {
    let address = format!("/api/v1/verify/{}/proof", sha256(text));
    for _ in 0..1_200 {
        let answer = server.get(&address);
        if answer.status == 200 {
            return answer.text();
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    panic!("no proof was given:\n{}", server.log());
}

/// Gives the saved page a file, a proof and a policy, and waits for the words of its verdict.
async fn check_saved(driver: &WebDriver, page: &Path, [file, proof]: [&Path; 2], words: &str) {
    driver.goto(format!("file://{}", page.display())).await.unwrap();
    driver.execute(WITHOUT_WORKERS, vec![json!(words == BY_HAND)]).await.unwrap();
    choose(driver, "#file", &[file]).await;
    choose(driver, "#proof", &[proof]).await;
    let policy = std::fs::read_to_string(vectors().join("policies/two.policy")).unwrap();
    driver.query(By::Css("#policy")).first().await.unwrap().send_keys(policy).await.unwrap();
    driver.query(By::Css("#check .main")).first().await.unwrap().click().await.unwrap();
    unfold(driver).await;
    until_it_says(driver, words).await;
}

/// Takes the workers away from a page, as some browsers do with saved ones.
const WITHOUT_WORKERS: &str = "if (arguments[0]) self.Worker = class {
        constructor() { throw new Error('no workers here'); }
    };";
/// The words of the one verdict that is to be reached without a worker.
const BY_HAND: &str = "Bukan dari log yang dipercaya";

#[test]
fn the_saved_page_checks_without_a_network() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let page = server.get("/verifikasi/luring");
    let disposition = page.header("content-disposition").unwrap().to_owned();
    assert!(disposition.contains("simars-periksa.html"), "{disposition}");
    let saved = scene.file("simars-periksa.html", page.text());
    assert_eq!(server.stop(), Some(0));
    let held = |path: &str| vectors().join(path);
    let proof = |name: &str| held(&format!("proofs/{name}.tlog-proof"));
    let file = held("files/penetapan.txt");
    journey(async {
        for width in [320, 1280] {
            let driver = chrome.open(width, 1500).await;
            let conditions = NetworkConditions { offline: true, ..NetworkConditions::new() };
            driver.cdp().send(EmulateNetworkConditions::from(conditions)).await.unwrap();
            driver.goto(format!("file://{}", saved.display())).await.unwrap();
            assert_fits(&driver, width).await;
            let picture = screens().join(format!("check-saved-{width}.png"));
            driver.screenshot(&picture).await.unwrap();
            let altered = held("files/jadwal-2.txt");
            for (file, proof, words) in [
                (&file, proof("witnessed-by-two"), "Asli: sama persis"),
                (&altered, proof("witnessed-by-two"), "Bukan berkas dari bukti ini"),
                (&file, proof("path-swapped"), "Bukti rusak"),
                (&file, proof("wrong-key"), BY_HAND),
            ] {
                check_saved(&driver, &saved, [file, &proof], words).await;
                assert_fits(&driver, width).await;
            }
            // A closed document: without its nonce nothing can be said.
            let closed = [held("files/berita-acara.txt"), proof("closed")];
            let closed = closed.each_ref().map(PathBuf::as_path);
            check_saved(&driver, &saved, closed, "Dokumen ini tidak terbuka").await;
            driver.query(By::Css("#closed summary")).first().await.unwrap().click().await.unwrap();
            let nonce = driver.query(By::Css("#nonce")).first().await.unwrap();
            nonce.send_keys("5a".repeat(32)).await.unwrap();
            let button = driver.query(By::Css("#check .main")).first().await.unwrap();
            button.click().await.unwrap();
            unfold(&driver).await;
            until_it_says(&driver, "Komitmen dalam pernyataan arsip terbuka").await;
            assert_fits(&driver, width).await;
            driver.quit().await.unwrap();
        }
    });
}
