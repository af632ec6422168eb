//! A day at the desk in a real Chromium, from the link of the first administrator to a document
//! before the public and back; by keyboard, on a desk's width, and each page on a phone's.

use std::path::Path;

use simars_testkit::Server;
use thirtyfour::prelude::*;

use crate::browser::{Driver, journey, screens, until_it_says};
use crate::scene::{Scene, decision};
use crate::stacks::stack;

pub(crate) const PASSWORD: &str = "empat kuda lari sore";

/// The link that the server printed when it began.
pub(crate) fn first_link(server: &Server) -> String {
    let log = server.log();
    let line = log.lines().find(|line| line.contains("/petugas/undangan/"));
    let link = line.and_then(|line| line.split_whitespace().last());
    link.unwrap_or_else(|| panic!("no link:\n{log}")).to_owned()
}

pub(crate) async fn fill(driver: &WebDriver, field: &str, text: &str) {
    let field = driver.query(By::Css(field)).first().await.unwrap();
    field.clear().await.unwrap();
    field.send_keys(text).await.unwrap();
}

/// Presses a key on whatever has the focus.
async fn press(driver: &WebDriver, key: Key) {
    driver.action_chain().send_keys(key + "").perform().await.unwrap();
}

/// Follows the link of the first administrator, and signs in with what was chosen there.
pub(crate) async fn become_administrator(driver: &WebDriver, link: &str) {
    driver.goto(link).await.unwrap();
    until_it_says(driver, "administrator pertama").await;
    for (field, text) in
        [("#nama", "ani"), ("#lengkap", "Ani"), ("#sandi", PASSWORD), ("#lagi", PASSWORD)]
    {
        fill(driver, field, text).await;
    }
    press(driver, Key::Enter).await;
    enter(driver).await;
}

async fn sign_in(driver: &WebDriver, server: &Server) {
    driver.goto(format!("{}/petugas", server.base())).await.unwrap();
    enter(driver).await;
}

/// Fills in the form at the door.
async fn enter(driver: &WebDriver) {
    until_it_says(driver, "Masuk petugas").await;
    fill(driver, "#nama", "ani").await;
    fill(driver, "#sandi", PASSWORD).await;
    press(driver, Key::Enter).await;
    until_it_says(driver, "Selamat bekerja").await;
}

#[test]
fn from_the_first_link_to_the_public_and_back() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let file = scene.file("keputusan-31.txt", decision(31, 2025, "penetapan daerah contoh"));
    let stack = scene.file("tumpukan.pdf", stack());
    let server = scene.serve(&[]);
    let link = first_link(&server);
    journey(async {
        let driver = chrome.open(1280, 900).await;
        become_administrator(&driver, &link).await;

        driver.goto(format!("{}/petugas/unggah", server.base())).await.unwrap();
        let chooser = driver.query(By::Css("#berkas")).first().await.unwrap();
        chooser.send_keys(file.to_str().unwrap()).await.unwrap();
        driver.query(By::Css("#unggah button")).first().await.unwrap().click().await.unwrap();
        until_it_says(&driver, "Tersimpan").await;
        let opened = driver.query(By::Css("#hasil a")).first().await.unwrap();
        let address = opened.prop("href").await.unwrap().unwrap();
        let id = address.rsplit('/').next().unwrap().to_owned();
        driver.goto(&address).await.unwrap();
        until_it_says(&driver, "Belum diterbitkan").await;
        assert_eq!(server.get(&format!("/dokumen/{id}")).status, 404);

        // Enter in any field accepts what the page shows and publishes.
        fill(&driver, "#b-place", "Kota Contoh").await;
        press(&driver, Key::Enter).await;
        until_it_says(&driver, "Tidak ada dokumen yang menunggu").await;
        assert_eq!(server.get(&format!("/dokumen/{id}")).status, 200);

        driver.goto(&address).await.unwrap();
        // It asks first: the button that does it is behind another.
        let asks = By::Css(".ask > summary");
        driver.query(asks).first().await.unwrap().click().await.unwrap();
        let withdraw = By::Css("button[value=tarik]");
        driver.query(withdraw).first().await.unwrap().click().await.unwrap();
        until_it_says(&driver, "Ditarik").await;
        assert_eq!(server.get(&format!("/dokumen/{id}")).status, 404);

        driver.goto(format!("{}/petugas/riwayat?oleh=ani", server.base())).await.unwrap();
        let told = until_it_says(&driver, "Ditarik dari terbitan").await;
        assert!(told.contains("Didaftarkan") && told.contains("Diterbitkan"), "{told}");
        stacked(&driver, &server, &stack).await;
        driver.quit().await.unwrap();
        phone(&chrome, &server, &id).await;
    });
}

/// A stack becomes several documents; the row of the file leads to each, and each says where it
/// comes from. Unless it is to stay one: by then its parts are known, but not the whole.
async fn stacked(driver: &WebDriver, server: &Server, stack: &Path) {
    let form = format!("{}/petugas/unggah", server.base());
    for (whole, says) in [(false, "dipisah menjadi 3 dokumen"), (true, "Tersimpan")] {
        driver.goto(&form).await.unwrap();
        if whole {
            driver.query(By::Css("#utuh")).first().await.unwrap().click().await.unwrap();
        }
        let chooser = driver.query(By::Css("#berkas")).first().await.unwrap();
        chooser.send_keys(stack.to_str().unwrap()).await.unwrap();
        driver.query(By::Css("#unggah button")).first().await.unwrap().click().await.unwrap();
        let told = until_it_says(driver, says).await;
        assert_eq!(told.contains("halaman 7–8 dari 9 pada tumpukan.pdf"), !whole, "{told}");
        let links = driver.query(By::Css("#hasil a")).all_from_selector().await.unwrap();
        assert_eq!(links.len(), if whole { 1 } else { 3 });
        let last = links.last().unwrap().prop("href").await.unwrap().unwrap();
        driver.goto(&last).await.unwrap();
        let origin = "Diambil dari tumpukan yang dipindai sekaligus: halaman 7–8";
        let page = until_it_says(driver, "tumpukan").await;
        assert_eq!(page.contains(origin), !whole, "{page}");
    }
}

/// No page is wider than a phone.
async fn phone(chrome: &Driver, server: &Server, id: &str) {
    let driver = chrome.open(320, 800).await;
    sign_in(&driver, server).await;
    for (name, path) in [
        ("desk", "/petugas".to_owned()),
        ("upload", "/petugas/unggah".to_owned()),
        ("separators", "/petugas/lembar-pemisah".to_owned()),
        ("review", "/petugas/tinjau".to_owned()),
        ("due", "/petugas/jatuh-tempo".to_owned()),
        ("classification", "/petugas/klasifikasi".to_owned()),
        ("people", "/petugas/orang".to_owned()),
        ("audit", "/petugas/riwayat".to_owned()),
        ("account", "/petugas/akun?faktor=baru".to_owned()),
        ("document", format!("/petugas/dokumen/{id}")),
    ] {
        driver.goto(format!("{}{path}", server.base())).await.unwrap();
        let script = "return document.documentElement.scrollWidth - window.innerWidth;";
        let over: i64 = driver.execute(script, vec![]).await.unwrap().convert().unwrap();
        assert!(over <= 0, "{path} is {over} too wide");
        let screen = screens().join(format!("staff-{name}-320.png"));
        driver.screenshot(&screen).await.unwrap();
    }
    driver.quit().await.unwrap();
}
