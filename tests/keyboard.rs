//! Journeys of a reader who uses nothing but the keyboard, in a real Chromium: find and read, find by
//! number, verify a copy, cite, switch the language.

use std::time::Duration;

use simars_testkit::Server;
use thirtyfour::prelude::*;

use crate::browser::{Driver, journey, screens, until_it_says};
use crate::scene::{Scene, decision, sha256};

/// Presses a key on whatever has the focus.
pub(crate) async fn press(driver: &WebDriver, key: Key) {
    driver.action_chain().send_keys(key + "").perform().await.unwrap();
}

pub(crate) async fn type_in(driver: &WebDriver, text: &str) {
    driver.action_chain().send_keys(text).perform().await.unwrap();
}

/// Presses Tab until what has the focus is this; each stop on the way can be seen to have it.
pub(crate) async fn tab_to(driver: &WebDriver, css: &str) {
    for _ in 0..150 {
        press(driver, Key::Tab).await;
        let script = "const now = document.activeElement;
            const shown = getComputedStyle(now).outlineStyle !== 'none'
                || now.closest('.find.large, .skip') !== null;
            return [now.matches(arguments[0]), shown || now === document.body];";
        let found = driver.execute(script, vec![css.into()]).await.unwrap();
        let [here, shown]: [bool; 2] = found.convert().unwrap();
        assert!(shown, "the focus cannot be seen on the way to {css}");
        if here {
            return;
        }
    }
    panic!("no way to {css} by keyboard");
}

/// Waits until the page at an address is there with its scripts.
async fn until_at(driver: &WebDriver, part: &str) {
    let script = "return document.readyState === 'complete' && location.href;";
    let mut address = String::new();
    for _ in 0..1_000 {
        if let Ok(found) = driver.execute(script, vec![]).await {
            address = found.convert().unwrap_or_default();
        }
        if address.contains(part) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never came to {part}: {address}");
}

/// Two decisions, the second of three pages.
fn scene() -> (Scene, Server, String) {
    let scene = Scene::new();
    let first = decision(31, 2025, "penetapan daerah pemilihan contoh");
    let pages = decision(32, 2025, "tata cara perolehan kursi contoh");
    let second = format!("{pages}\u{c}Halaman kedua tentang kursi.\n\u{c}Halaman ketiga.\n");
    let files = [scene.file("keputusan-31.txt", &first), scene.file("keputusan-32.txt", second)];
    scene.ingest(&[&files[0], &files[1]], &[]);
    let server = scene.serve(&[]);
    (scene, server, sha256(first))
}

#[test]
fn found_read_and_turned_by_keyboard() {
    let Some(chrome) = Driver::start() else { return };
    let (_scene, server, _) = scene();
    journey(async {
        for width in [320, 1280] {
            let driver = chrome.open(width, 900).await;
            driver.goto(server.base()).await.unwrap();
            // The first stop leads past the menu.
            press(&driver, Key::Tab).await;
            press(&driver, Key::Enter).await;
            tab_to(&driver, "input[name=q]").await;
            type_in(&driver, "perolehan kursi").await;
            press(&driver, Key::Enter).await;
            until_it_says(&driver, "tata cara perolehan kursi").await;
            tab_to(&driver, ".snippets a").await;
            press(&driver, Key::Enter).await;
            until_at(&driver, "/halaman/1?q=perolehan%20kursi").await;
            until_it_says(&driver, "Kata yang dicari ditandai").await;
            press(&driver, Key::Right).await;
            until_at(&driver, "/halaman/2").await;
            type_in(&driver, "n").await;
            until_at(&driver, "/halaman/3").await;
            type_in(&driver, "p").await;
            until_at(&driver, "/halaman/2").await;
            // In a field letters are letters.
            tab_to(&driver, "#sekitar input[name=q]").await;
            type_in(&driver, "n").await;
            press(&driver, Key::Left).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            until_at(&driver, "/halaman/2").await;
            // Letters can be turned off, arrows stay.
            tab_to(&driver, ".keys button").await;
            press(&driver, Key::Enter).await;
            type_in(&driver, "n").await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            until_at(&driver, "/halaman/2").await;
            press(&driver, Key::Left).await;
            until_at(&driver, "/halaman/1").await;
            driver.screenshot(&screens().join(format!("keyboard-{width}.png"))).await.unwrap();
            driver.quit().await.unwrap();
        }
    });
}

#[test]
fn a_decision_is_found_by_its_number_and_cited_by_keyboard() {
    let Some(chrome) = Driver::start() else { return };
    let (_scene, server, _) = scene();
    journey(async {
        let driver = chrome.open(1280, 900).await;
        driver.goto(server.base()).await.unwrap();
        tab_to(&driver, "input[name=q]").await;
        type_in(&driver, "keputusan 31 tahun 2025").await;
        press(&driver, Key::Enter).await;
        until_it_says(&driver, "Nomor 31 Tahun 2025").await;
        tab_to(&driver, ".results h2 a").await;
        press(&driver, Key::Enter).await;
        until_it_says(&driver, "SHA-256").await;
        for (form, holds) in [("bibtex", "@"), ("ris", "TY  - "), ("csl-json", "\"title\"")] {
            tab_to(&driver, &format!("a[href$='/citation/{form}']")).await;
            let link = driver.active_element().await.unwrap();
            let address = link.attr("href").await.unwrap().unwrap();
            assert!(server.get(&address).text().contains(holds), "{form}");
        }
        driver.quit().await.unwrap();
    });
}

#[test]
fn a_copy_is_verified_and_the_language_switched_by_keyboard() {
    let Some(chrome) = Driver::start() else { return };
    let (_scene, server, digest) = scene();
    journey(async {
        let driver = chrome.open(1280, 900).await;
        driver.goto(server.base()).await.unwrap();
        tab_to(&driver, "a[href='/verifikasi']").await;
        press(&driver, Key::Enter).await;
        until_at(&driver, "/verifikasi").await;
        tab_to(&driver, "input[name=sha256]").await;
        type_in(&driver, &digest).await;
        press(&driver, Key::Enter).await;
        until_it_says(&driver, "penetapan daerah pemilihan").await;
        tab_to(&driver, ".language a").await;
        press(&driver, Key::Enter).await;
        until_at(&driver, "bahasa=en").await;
        until_it_says(&driver, "genuine").await;
        tab_to(&driver, "a[href='/koleksi']").await;
        press(&driver, Key::Enter).await;
        until_it_says(&driver, "Collections").await;
        driver.quit().await.unwrap();
    });
}
