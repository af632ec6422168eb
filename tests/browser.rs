//! The pages in a real Chromium: finding, reading, verifying; on a phone's width and a desk's.
//!
//! Needs `chromium` and `chromedriver`, which `cargo xtask test` installs. Where they are missing
//! the tests say so and count as skipped; on CI they fail.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use thirtyfour::prelude::*;

use crate::scene::{Scene, decision};

const DRIVER: &str = "/usr/bin/chromedriver";
const BROWSER: &str = "/usr/bin/chromium";

/// A running chromedriver with an empty profile; killed when dropped.
struct Driver {
    child: Child,
    port: u16,
    profile: tempfile::TempDir,
}

impl Driver {
    /// `None` where no browser is installed, except on CI, where that is an error.
    #[allow(clippy::disallowed_methods, reason = "tests start the browser's driver")]
    fn start() -> Option<Self> {
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

    async fn open(&self, width: u32, height: u32) -> WebDriver {
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
fn screens() -> PathBuf {
    let folder = simars_testkit::project().join("target/screens");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs an asynchronous journey to its end.
fn journey(walk: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(walk);
}

/// Waits until the page's main part says something.
async fn until_it_says(driver: &WebDriver, words: &str) -> String {
    let main = driver.query(By::Css("main")).first().await.unwrap();
    for _ in 0..300 {
        let text = main.text().await.unwrap_or_default();
        if text.to_lowercase().contains(&words.to_lowercase()) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the page never said {words:?}: {}", main.text().await.unwrap_or_default());
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

#[test]
fn pages_fit_a_phone_and_a_desk() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let samples = simars_testkit::project().join("samples");
    let server = scene.serve(&["--samples", samples.to_str().unwrap()]);
    let answer = server.get("/api/v1/search?q=keputusan").json();
    let id = answer["hits"][0]["id"].as_str().unwrap().to_owned();
    let pages = [
        ("home", "/".to_owned()),
        ("search", "/cari?q=keputusan+pemilihan".to_owned()),
        ("nothing", "/cari?q=zzzzqqqq".to_owned()),
        ("document", format!("/dokumen/{id}")),
        ("page", format!("/dokumen/{id}/halaman/1?q=keputusan")),
        ("verify", "/verifikasi".to_owned()),
        ("collections", "/koleksi".to_owned()),
        ("about", "/tentang".to_owned()),
        ("english", "/?bahasa=en".to_owned()),
        ("missing", "/tidak-ada".to_owned()),
    ];
    journey(async {
        for (width, height) in [(320, 640), (1280, 900)] {
            let driver = chrome.open(width, height).await;
            for (name, path) in &pages {
                driver.goto(format!("{}{path}", server.base())).await.unwrap();
                let script = "return document.documentElement.scrollWidth;";
                let wide = driver.execute(script, vec![]).await.unwrap();
                let wide: u32 = wide.convert().unwrap();
                assert!(wide <= width, "{path} is {wide} wide on a screen of {width}");
                let picture = screens().join(format!("{name}-{width}.png"));
                driver.screenshot(&picture).await.unwrap();
            }
            driver.quit().await.unwrap();
        }
    });
}
