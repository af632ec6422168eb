//! Passkeys over HTTP: added after the password, shown at the door, forgotten.

use axum::http::{Method, StatusCode};
use simars_testkit::authenticator::Authenticator;

use crate::person::{Browser, PASSWORD, added, administrator};
use crate::site::{Reply, Site};

const ORIGIN: &str = "https://arsip.contoh.example";
const ACCOUNT: &str = "/petugas/akun";
const KEEP: &str = "/petugas/akun/passkey";
const BEGIN: &str = "/petugas/akun/passkey/mulai";
const DOOR: &str = "/petugas/masuk";

/// A value as a form sends it.
fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn add(browser: &mut Browser<'_>, key: &mut Authenticator) -> Reply {
    let begun = browser.send(ACCOUNT, BEGIN, &format!("sandi={PASSWORD}"));
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
    assert_eq!(begun.header("content-type"), "application/json");
    assert_eq!(begun.header("cache-control"), "no-store");
    let fields = format!("untuk=Telepon+Ani&jawaban={}", encoded(&key.create(begun.text())));
    browser.send(ACCOUNT, KEEP, &fields)
}

fn enter(browser: &mut Browser<'_>, key: &mut Authenticator) -> Reply {
    let begun = browser.send(DOOR, "/petugas/masuk/passkey/mulai", "");
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
    let answer = encoded(&key.sign(begun.text()));
    browser.send(DOOR, "/petugas/masuk/passkey", &format!("ke=/petugas/tinjau&jawaban={answer}"))
}

#[test]
fn a_passkey_is_added_opens_the_door_and_is_forgotten() {
    let site = Site::known_as(Some(ORIGIN));
    let mut ani = administrator(&site);
    let mut key = Authenticator::new(1, ORIGIN);
    let wrong = ani.send(ACCOUNT, BEGIN, "sandi=salah");
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sentence = wrong.json()["sentence"].as_str().unwrap().to_owned();
    assert!(sentence.to_lowercase().contains("kata sandi"), "{sentence}");
    let kept = add(&mut ani, &mut key);
    assert_eq!(kept.header("location"), ACCOUNT, "{}", kept.text());
    assert!(ani.get(ACCOUNT).text().contains("Telepon Ani"));
    assert!(ani.get("/petugas/orang").text().contains("passkey: 1"));

    let mut elsewhere = Browser::new(&site);
    let entered = enter(&mut elsewhere, &mut key);
    assert_eq!(entered.header("location"), "/petugas/tinjau", "{}", entered.text());
    for part in ["HttpOnly", "SameSite=Strict", "Path=/petugas", "Secure"] {
        assert!(entered.header("set-cookie").contains(part), "{}", entered.header("set-cookie"));
    }
    let account = elsewhere.get(ACCOUNT);
    assert!(account.text().contains("terakhir dipakai"), "{}", account.text());
    let short = account.text().split("name=\"hapus\" value=\"").nth(1).unwrap()[..10].to_owned();
    let forgotten = elsewhere.send(ACCOUNT, KEEP, &format!("hapus={short}"));
    assert_eq!(forgotten.header("location"), ACCOUNT);
    assert!(!elsewhere.get(ACCOUNT).text().contains("Telepon Ani"));
    let out = enter(&mut Browser::new(&site), &mut key);
    assert_eq!(out.status, StatusCode::UNAUTHORIZED);
    assert!(out.text().contains("tidak dikenal di sini"), "{}", out.text());
}

#[test]
fn an_answer_counts_once_and_from_our_own_page() {
    let site = Site::known_as(Some(ORIGIN));
    let mut ani = administrator(&site);
    let mut key = Authenticator::new(1, ORIGIN);
    add(&mut ani, &mut key);
    let mut browser = Browser::new(&site);
    let begun = browser.send(DOOR, "/petugas/masuk/passkey/mulai", "");
    let fields = format!("jawaban={}", encoded(&key.sign(begun.text())));
    let once = browser.send(DOOR, "/petugas/masuk/passkey", &fields);
    assert_eq!(once.header("location"), "/petugas");
    let mut thief = Browser::new(&site);
    let again = thief.send(DOOR, "/petugas/masuk/passkey", &fields);
    assert_eq!((again.status, &*thief.cookie), (StatusCode::UNAUTHORIZED, ""));
    "https://evil.example".clone_into(&mut key.origin);
    assert_eq!(enter(&mut thief, &mut key).status, StatusCode::UNAUTHORIZED);
    for path in ["/petugas/masuk/passkey/mulai", "/petugas/masuk/passkey"] {
        let headers = [
            ("sec-fetch-site", "cross-site"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let reply = site.ask_with(Method::POST, path, &headers);
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
    }
    let nobody = site.ask_with(Method::POST, BEGIN, &[]);
    assert!(nobody.header("location").starts_with("/petugas/masuk?ke="), "{}", nobody.text());
}

#[test]
fn who_was_put_out_has_no_passkey_and_wrong_ones_make_wait() {
    let site = Site::known_as(Some(ORIGIN));
    let mut ani = administrator(&site);
    let mut budi = added(&mut ani, "peran=officer&kelas=biasa", "budi");
    let mut key = Authenticator::new(1, ORIGIN);
    add(&mut budi, &mut key);
    key.recognises = false;
    let mut last = StatusCode::OK;
    for _ in 0..5 {
        last = enter(&mut Browser::new(&site), &mut key).status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let waits = Browser::new(&site).sign_in("budi");
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS, "passwords wait as well");
    let mut other = Authenticator::new(2, ORIGIN);
    add(&mut ani, &mut other);
    assert_eq!(enter(&mut Browser::new(&site), &mut other).status, StatusCode::SEE_OTHER);

    let mut cici = added(&mut ani, "peran=officer&kelas=biasa", "cici");
    let mut third = Authenticator::new(3, ORIGIN);
    add(&mut cici, &mut third);
    ani.send("/petugas/orang", "/petugas/orang/cici", "peran=officer&kelas=biasa");
    assert_eq!(enter(&mut Browser::new(&site), &mut third).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn nobody_is_given_challenges_without_end() {
    let site = Site::known_as(Some(ORIGIN));
    let mut browser = Browser::new(&site);
    let refused = (0..500).find_map(|_| {
        let reply = browser.send(DOOR, "/petugas/masuk/passkey/mulai", "");
        (reply.status == StatusCode::TOO_MANY_REQUESTS).then_some(reply)
    });
    let refused = refused.expect("one address is given only so many");
    assert!(refused.json()["sentence"].as_str().unwrap().contains("detik"), "{}", refused.text());
}

#[test]
fn where_browsers_know_no_passkeys_the_page_says_nothing_of_them() {
    let asked_at = |site: &Site, host: &str| {
        site.ask_with(Method::GET, DOOR, &[("host", host)]).text().contains("passkey")
    };
    let site = Site::known_as(None);
    assert!(!asked_at(&site, "127.0.0.1:8080"));
    assert!(!asked_at(&site, "arsip.contoh.example"), "http is no place for them");
    assert!(asked_at(&site, "localhost:8080"));
    assert!(!administrator(&site).get(ACCOUNT).text().contains("passkey"));
    let site = Site::known_as(Some("http://arsip.contoh.example"));
    assert!(!asked_at(&site, "localhost:8080"), "the configured address counts");
    // Whatever is shown of them is hidden until the script has looked.
    let site = Site::known_as(Some(ORIGIN));
    let door = site.get(DOOR);
    let form = door.text().split("<form action=\"/petugas/masuk/passkey\"").nth(1).unwrap();
    assert!(form.split('>').next().unwrap().ends_with(" hidden"), "{}", door.text());
    let account = administrator(&site).get(ACCOUNT);
    let section = account.text().split("aria-labelledby=\"passkey-judul\"").nth(1).unwrap();
    assert!(section.starts_with(" hidden>"), "{}", account.text());
}
