//! The pages in a real Chromium: finding, reading, verifying; on a phone's width and a desk's.
//!
//! Needs `chromium` and `chromedriver`, which `cargo xtask test` installs. Where they are missing
//! the tests say so and count as skipped; on CI they fail.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use simars_testkit::Server;
use thirtyfour::prelude::*;

use crate::scene::{Scene, decision, sha256};

const DRIVER: &str = "/usr/bin/chromedriver";
const BROWSER: &str = "/usr/bin/chromium";

/// A running chromedriver with an empty profile; killed when dropped.
pub(crate) struct Driver {
    child: Child,
    port: u16,
    profile: tempfile::TempDir,
}

impl Driver {
    /// `None` where no browser is installed, except on CI, where that is an error.
    #[allow(clippy::disallowed_methods, reason = "tests start the browser's driver")]
    pub(crate) fn start() -> Option<Self> {
        if !Path::new(DRIVER).exists() || !Path::new(BROWSER).exists() {
            assert!(std::env::var_os("CI").is_none(), "{DRIVER} and {BROWSER} must be there on CI");
            eprintln!("skipped: {DRIVER} or {BROWSER} is not present");
            return None;
        }
        let mut child = Command::new(DRIVER)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver can be started");
        let out = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let port = out.lines().map_while(Result::ok).find_map(|line| {
            let rest = line.split("started successfully on port ").nth(1)?;
            rest.trim_end_matches('.').parse().ok()
        });
        let profile = tempfile::tempdir().expect("a folder for the profile");
        Some(Self { child, port: port.expect("the driver tells its port"), profile })
    }

    /// A window of this size, in CSS pixels.
    pub(crate) async fn open(&self, width: u32, height: u32) -> WebDriver {
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(BROWSER).unwrap();
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--hide-scrollbars",
            "--lang=id",
            // A name that is not this machine's own: plain HTTP to it is no secure place.
            "--host-resolver-rules=MAP arsip.test 127.0.0.1",
        ] {
            capabilities.add_arg(argument).unwrap();
        }
        let profile = self.profile.path().join(format!("{width}"));
        capabilities.add_arg(&format!("--user-data-dir={}", profile.display())).unwrap();
        capabilities.add_arg(&format!("--window-size={width},{height}")).unwrap();
        if width < 600 {
            // A window cannot be this narrow; a phone can.
            let metrics = serde_json::json!({
                "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0 }
            });
            capabilities.add_experimental_option("mobileEmulation", metrics).unwrap();
        }
        let address = format!("http://127.0.0.1:{}", self.port);
        WebDriver::new(&address, capabilities).await.unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where screenshots go, to be looked at.
pub(crate) fn screens() -> PathBuf {
    let folder = simars_testkit::project().join("target/screens");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs an asynchronous journey to its end.
pub(crate) fn journey(walk: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(walk);
}

/// Waits until the page's main part says something. It is looked for each time: the page may be
/// about to give way to another.
pub(crate) async fn until_it_says(driver: &WebDriver, words: &str) -> String {
    let mut text = String::new();
    for _ in 0..300 {
        if let Ok(main) = driver.find(By::Css("main")).await {
            text = main.text().await.unwrap_or_default();
        }
        if text.to_lowercase().contains(&words.to_lowercase()) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the page never said {words:?}: {text}");
}

/// Opens the newest verdict's details, in which the steps of the proof stand.
pub(crate) async fn unfold(driver: &WebDriver) {
    let folded = By::Css(".verdict .facet:not([open]) > summary");
    driver.query(folded).first().await.unwrap().click().await.unwrap();
}

#[test]
fn a_reader_finds_reads_and_verifies() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let text = decision(31, 2025, "penetapan daerah pemilihan contoh");
    let genuine = scene.file("keputusan-31.txt", &text);
    let altered = scene.file("ubah.txt", text.replace("31", "37"));
    scene.ingest(&[&genuine], &[]);
    let server = scene.serve(&[]);
    journey(async {
        let driver = chrome.open(1280, 900).await;
        driver.goto(server.base()).await.unwrap();
        let search = driver.query(By::Css("main input[name=q]")).first().await.unwrap();
        search.send_keys("daerah pemilihan").await.unwrap();
        search.send_keys(Key::Enter + "").await.unwrap();
        until_it_says(&driver, "penetapan daerah pemilihan").await;
        let marked = driver.query(By::Css("mark")).first().await.unwrap();
        let marked = marked.text().await.unwrap().to_lowercase();
        assert!(["daerah", "pemilihan"].iter().any(|word| marked.contains(word)), "{marked}");
        let link = driver.query(By::Css("main a[href^='/dokumen/']")).first().await.unwrap();
        link.click().await.unwrap();
        until_it_says(&driver, "SHA-256").await;

        driver.goto(format!("{}/verifikasi", server.base())).await.unwrap();
        let chooser = driver.query(By::Css("input[type=file]")).first().await.unwrap();
        chooser.send_keys(genuine.to_str().unwrap()).await.unwrap();
        until_it_says(&driver, "penetapan daerah pemilihan").await;
        let chooser = driver.query(By::Css("input[type=file]")).first().await.unwrap();
        chooser.send_keys(altered.to_str().unwrap()).await.unwrap();
        until_it_says(&driver, "Bukan berarti palsu").await;
        driver.quit().await.unwrap();
    });
}

/// Waits until nothing is left to recognise.
fn until_recognised(server: &Server) {
    let bearer = format!("Bearer {}", server.token());
    for _ in 0..1_200 {
        let stands = server.get_with("/api/v1/recognition", &[("authorization", &bearer)]).json();
        if stands["documents"] == 0 {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    panic!("recognition never ended:\n{}", server.log());
}

/// The id of the sample whose file name ends so.
fn find(server: &Server, name: &str) -> String {
    let path = simars_testkit::project().join("samples");
    let mut files = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let file = files.find(|file| file.to_str().is_some_and(|file| file.ends_with(name))).unwrap();
    let digest = sha256(std::fs::read(file).unwrap());
    let known = server.get(&format!("/api/v1/verify/{digest}")).json();
    known["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_was_searched_for_is_marked_on_the_image_of_the_page() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let samples = simars_testkit::project().join("samples");
    let server = scene.serve(&["--samples", samples.to_str().unwrap()]);
    let id = find(&server, "457-2024-perolehan-kursi.pdf");
    journey(async {
        for width in [320, 1280] {
            let driver = chrome.open(width, 900).await;
            let path = format!("/dokumen/{id}/halaman/1?q=perolehan+kursi");
            driver.goto(format!("{}{path}", server.base())).await.unwrap();
            // Nothing is drawn over an image that has not come, and each box lies on the image.
            let script = "const image = document.querySelector('.sheet img');
                if (!image.complete) { await image.decode(); }
                const all = image.getBoundingClientRect();
                const boxes = [...document.querySelectorAll('.hits rect')];
                const on = boxes.map((box) => box.getBoundingClientRect()).filter((box) =>
                    box.left >= all.left && box.right <= all.right && box.top >= all.top &&
                    box.bottom <= all.bottom && box.width > 5 && box.height > 3);
                return [image.naturalWidth, boxes.length, on.length,
                    document.querySelectorAll('.reading mark').length];";
            let script = format!("return (async () => {{ {script} }})();");
            let found = driver.execute(&script, vec![]).await.unwrap();
            let [natural, boxes, on, marks]: [u32; 4] = found.convert().unwrap();
            assert!(natural > 0, "the image did not come");
            assert!(boxes >= 6 && boxes == on && boxes == marks, "{boxes}, {on}, {marks}");
            driver.quit().await.unwrap();
        }
    });
}

#[test]
fn pages_fit_a_phone_and_a_desk() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let samples = simars_testkit::project().join("samples");
    let server = scene.serve(&["--samples", samples.to_str().unwrap()]);
    let answer = server.get("/api/v1/search?q=keputusan").json();
    let id = answer["hits"][0]["id"].as_str().unwrap().to_owned();
    until_recognised(&server);
    let [seats, scan, locked] = ["perolehan-kursi.pdf", "6-2009-pindaian.pdf", "terkunci.pdf"]
        .map(|name| find(&server, name));
    let pages = [
        ("reading", format!("/dokumen/{seats}/halaman/1?q=perolehan+kursi")),
        ("table", format!("/dokumen/{seats}/halaman/3?q=partai")),
        ("seats", format!("/dokumen/{seats}")),
        ("inside", format!("/dokumen/{seats}?q=perolehan+kursi")),
        ("corrected", "/cari?q=perolehann+kursi".to_owned()),
        ("literally", "/cari?q=perolehann+kursi&persis=1".to_owned()),
        ("scan", format!("/dokumen/{scan}/halaman/1?q=keputusan")),
        ("scanned", format!("/dokumen/{scan}")),
        ("locked", format!("/dokumen/{locked}")),
        ("coverage", "/cakupan".to_owned()),
        ("home", "/".to_owned()),
        ("search", "/cari?q=keputusan+pemilihan".to_owned()),
        ("nothing", "/cari?q=zzzzqqqq".to_owned()),
        ("document", format!("/dokumen/{id}")),
        ("page", format!("/dokumen/{id}/halaman/1?q=keputusan")),
        ("verify", "/verifikasi".to_owned()),
        ("collections", "/koleksi".to_owned()),
        ("shelf", "/koleksi/keputusan?tahun=2023".to_owned()),
        ("newest", "/koleksi/terbaru".to_owned()),
        ("kind", "/koleksi/jenis/keputusan".to_owned()),
        ("reading-text", format!("/dokumen/{seats}/halaman/3?q=partai&tampil=teks")),
        ("reading-large", format!("/dokumen/{seats}/halaman/3?tampil=besar")),
        ("about", "/tentang".to_owned()),
        ("english", "/?bahasa=en".to_owned()),
        ("missing", "/tidak-ada".to_owned()),
    ];
    journey(async {
        for (width, height) in [(320, 1_600), (1280, 1_300)] {
            let driver = chrome.open(width, height).await;
            for (name, path) in &pages {
                driver.goto(format!("{}{path}", server.base())).await.unwrap();
                let script = "return document.documentElement.scrollWidth;";
                let wide = driver.execute(script, vec![]).await.unwrap();
                let wide: u32 = wide.convert().unwrap();
                assert!(wide <= width, "{path} is {wide} wide on a screen of {width}");
                // What is in sight is there, or has failed to come.
                let script = "const seen = [...document.images].filter((image) => {
                        const box = image.getBoundingClientRect();
                        return box.width > 0 && box.top < innerHeight;
                    });
                    return Promise.all(seen.map((image) => image.decode().catch(() => 0)));";
                driver.execute(script, vec![]).await.unwrap();
                let picture = screens().join(format!("{name}-{width}.png"));
                driver.screenshot(&picture).await.unwrap();
            }
            driver.quit().await.unwrap();
        }
    });
}
