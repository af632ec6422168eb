//! Passkeys in a real Chromium with an authenticator of its own: added, and shown at the door, by
//! keyboard alone.

use serde_json::json;
use simars_testkit::Server;
use thirtyfour::prelude::*;

use crate::browser::{Driver, journey, screens, until_it_says};
use crate::desk::{PASSWORD, become_administrator, fill, first_link};
use crate::keyboard::{press, tab_to, type_in};
use crate::scene::Scene;

/// The server by the one name that needs no https.
fn by_name(server: &Server) -> String {
    server.base().replace("127.0.0.1", "localhost")
}

/// Plugs an authenticator in that recognises whoever touches it.
async fn plug_in(driver: &WebDriver) {
    driver.cdp().send_raw("WebAuthn.enable", json!({})).await.unwrap();
    let options = json!({ "options": { "protocol": "ctap2", "transport": "internal",
        "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true,
        "automaticPresenceSimulation": true } });
    driver.cdp().send_raw("WebAuthn.addVirtualAuthenticator", options).await.unwrap();
}

#[test]
fn a_passkey_is_added_and_opens_the_door_by_keyboard() {
    let Some(chrome) = Driver::start() else { return };
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let base = by_name(&server);
    let link = first_link(&server).replace("127.0.0.1", "localhost");
    journey(async {
        let driver = chrome.open(320, 900).await;
        become_administrator(&driver, &link).await;
        driver.goto(format!("{base}/petugas/akun")).await.unwrap();
        plug_in(&driver).await;
        until_it_says(&driver, "Tambah passkey").await;
        tab_to(&driver, "#passkey-untuk").await;
        type_in(&driver, "Komputer meja").await;
        tab_to(&driver, "#passkey-sandi").await;
        type_in(&driver, "bukan sandi yang benar").await;
        press(&driver, Key::Enter).await;
        let told = until_it_says(&driver, "sandi sekarang salah").await;
        assert!(!told.contains("ditambahkan"), "{told}");
        fill(&driver, "#passkey-sandi", PASSWORD).await;
        press(&driver, Key::Enter).await;
        let told = until_it_says(&driver, "ditambahkan").await;
        assert!(told.contains("Komputer meja"), "{told}");
        let script = "return document.documentElement.scrollWidth - window.innerWidth;";
        let over: i64 = driver.execute(script, vec![]).await.unwrap().convert().unwrap();
        assert!(over <= 0, "the page is {over} too wide");
        driver.screenshot(&screens().join("passkey-account-320.png")).await.unwrap();

        tab_to(&driver, "form[action^='/petugas/keluar'] button").await;
        press(&driver, Key::Enter).await;
        until_it_says(&driver, "Masuk dengan passkey").await;
        driver.screenshot(&screens().join("passkey-door-320.png")).await.unwrap();
        tab_to(&driver, "#passkey button").await;
        press(&driver, Key::Enter).await;
        until_it_says(&driver, "Selamat bekerja, Ani").await;
        driver.goto(format!("{base}/petugas/akun")).await.unwrap();
        until_it_says(&driver, "terakhir dipakai").await;
        driver.quit().await.unwrap();
    });
    let listed = scene.simars(&["user", "list", "--json"]).json();
    assert_eq!(listed[0]["people"][0]["passkeys"], 1);
    let forgotten = scene.simars(&["user", "forget-passkeys", "ani", "--json"]).json();
    assert_eq!(forgotten[0]["person"]["passkeys"], 0);
    let listed = scene.simars(&["user", "list"]);
    assert!(listed.stdout.ends_with("\tAni\t0\n"), "{listed:?}");
    let unknown = scene.simars(&["user", "forget-passkeys", "budi"]);
    assert_ne!(unknown.code, Some(0), "{unknown:?}");
}
