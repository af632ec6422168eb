//! The pages of those who work here: in, at work, out.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use simars_record::Timestamp;

use crate::person::{Browser, PASSWORD, administrator, first_link};
use crate::site::{DECISION, Site, form};

#[test]
fn the_first_administrator_comes_in_and_goes() {
    let site = Site::new();
    let mut browser = Browser::new(&site);
    assert_eq!(browser.get("/petugas").header("location"), "/petugas/masuk?ke=%2Fpetugas");
    let link = first_link(&site);
    let weak = browser.send(&link, &link, "nama=ani&sandi=pendek&lagi=pendek");
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(weak.text().contains("12 karakter"), "{}", weak.text());
    assert_eq!(browser.accept(&link, "nama=ani&lengkap=Ani").status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&link).status, StatusCode::NOT_FOUND, "the link works once");

    let wrong = browser.send("/petugas/masuk", "/petugas/masuk", "nama=ani&sandi=salah");
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let reply = browser.sign_in("ani");
    assert_eq!(reply.header("location"), "/petugas");
    let cookie = reply.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/petugas"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let desk = browser.get("/petugas");
    assert!(desk.text().contains("Selamat bekerja, Ani"), "{}", desk.text());
    assert_eq!(desk.header("cache-control"), "no-store");
    let old = browser.cookie.clone();
    assert_eq!(browser.send("/petugas", "/petugas/keluar", "").status, StatusCode::SEE_OTHER);
    browser.cookie = old;
    assert_eq!(browser.get("/petugas").status, StatusCode::SEE_OTHER, "the session has ended");
}

#[test]
fn a_public_https_address_makes_the_cookie_secure() {
    let site = Site::known_as(Some("https://arsip.contoh.example"));
    let mut browser = administrator(&site);
    browser.cookie.clear();
    assert!(browser.sign_in("ani").header("set-cookie").ends_with("; Secure"));
}

#[test]
fn a_form_from_elsewhere_is_refused() {
    let site = Site::new();
    let browser = administrator(&site);
    let desk = Request::builder().uri("/petugas").header("cookie", &browser.cookie);
    let desk = site.ask(desk.body(Body::empty()).unwrap());
    let mark = desk.text().split("tanda=").nth(1).unwrap().split('"').next().unwrap();
    for (from, mark, refused) in
        [("cross-site", mark, true), ("same-origin", "wrong", true), ("same-origin", mark, false)]
    {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/petugas/akun/sesi?tanda={mark}"))
            .header("cookie", &browser.cookie)
            .header("sec-fetch-site", from)
            .header("content-type", "application/x-www-form-urlencoded");
        let reply = site.ask(request.body(Body::from("sesi=none")).unwrap());
        assert_eq!(reply.status == StatusCode::FORBIDDEN, refused, "{from} {mark}");
    }
}

#[test]
fn from_a_file_to_the_public_in_three_steps() {
    let site = Site::new();
    let mut browser = administrator(&site);
    let (content_type, body) = form("berkas", DECISION.as_bytes());
    let page = browser.get("/petugas/unggah");
    let mark =
        page.text().split("/petugas/unggah?tanda=").nth(1).unwrap().split('"').next().unwrap();
    let action = format!("/petugas/unggah?tanda={mark}");
    let filed = browser.ask(Method::POST, &action, (&content_type, body));
    assert_eq!(filed.status, StatusCode::OK, "{}", filed.text());
    let id = filed.text().split("/petugas/dokumen/").nth(1).unwrap()[..26].to_owned();
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    assert_eq!(site.get(&format!("/dokumen/{id}")).status, StatusCode::NOT_FOUND);

    let address = format!("/petugas/dokumen/{id}");
    assert!(browser.get("/petugas").text().contains(&address), "it waits on the desk");
    let fields = "dasar=1&kind=keputusan&number=12&year=2024&title=Penetapan+Kursi&date=2024-05-20\
                  &lalu=terbit";
    let published = browser.send(&address, &address, fields);
    assert_eq!(published.header("location"), "/petugas", "{}", published.text());
    let public = site.get(&format!("/api/v1/documents/{id}"));
    assert_eq!(public.json()["title"], "Penetapan Kursi");
    assert!(!public.text().contains("ani"), "who did it is nobody's business: {}", public.text());
    let inside = site.get_as_owner(&format!("/api/v1/documents/{id}"));
    let by: Vec<String> = inside.json()["statements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["by"].as_str().unwrap()))
        .collect();
    assert_eq!(by, ["daftar ani", "koreksi ani", "terbit ani"]);

    let history = browser.get("/petugas/riwayat?oleh=ani&jenis=terbit");
    assert!(history.text().contains(&address), "{}", history.text());
    assert_eq!(history.text().matches("<tr role=\"row\"><td").count(), 1);
    let csv = browser.get("/petugas/riwayat?oleh=ani&form=csv");
    assert_eq!(csv.text().lines().count(), 4, "{}", csv.text());
    assert!(csv.text().contains(",terbit,") && csv.text().contains(",ani,arsiparis,"));
    assert_eq!(site.get("/api/v1/audit").status, StatusCode::UNAUTHORIZED);
    let none = site.get_as_owner("/api/v1/audit?by=budi").json();
    assert_eq!(none["acts"].as_array().unwrap().len(), 0);
    assert_eq!(site.get_as_owner("/api/v1/audit?from=kemarin").status, StatusCode::BAD_REQUEST);
}

#[test]
fn two_who_write_at_once_lose_nothing() {
    let site = Site::new();
    let mut browser = administrator(&site);
    let id = site.file("name=SK.txt&draft=1", DECISION.as_bytes());
    let address = format!("/petugas/dokumen/{id}");
    let one = browser.send(&address, &address, "dasar=1&title=Judul+pertama&lalu=simpan");
    assert_eq!(one.status, StatusCode::SEE_OTHER, "{}", one.text());
    let other = browser.send(&address, &address, "dasar=1&title=Judul+kedua&lalu=simpan");
    assert_eq!(other.status, StatusCode::CONFLICT);
    for text in ["Judul kedua</textarea>", "Sementara itu disimpan orang lain: Judul pertama"] {
        assert!(other.text().contains(text), "{}", other.text());
    }
    let again = browser.send(&address, &address, "dasar=2&title=Judul+kedua&lalu=simpan");
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let known = site.get_as_owner(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(known["title"], "Judul kedua");
    let bad =
        browser.send(&address, &address, "dasar=3&date=kemarin&title=Judul+ketiga&lalu=simpan");
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.text().contains("Judul ketiga"), "what was typed is still there");
}

#[test]
fn people_are_added_and_go() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let fields = "nama=budi&lengkap=Budi&peran=officer&kelas=terbatas";
    let added = ani.send("/petugas/orang", "/petugas/orang", fields);
    assert_eq!(added.status, StatusCode::OK, "{}", added.text());
    let link = added.text().split("/petugas/undangan/").nth(1).unwrap()[..64].to_owned();
    let mut budi = Browser::new(&site);
    assert_eq!(budi.accept(&format!("/petugas/undangan/{link}"), "").status, StatusCode::SEE_OTHER);
    assert_eq!(budi.sign_in("budi").status, StatusCode::SEE_OTHER);
    assert_eq!(budi.get("/petugas/orang").status, StatusCode::FORBIDDEN);
    assert!(!budi.get("/petugas").text().contains("/petugas/orang"), "no menu leads there");
    let twice = ani.send("/petugas/orang", "/petugas/orang", fields);
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = ani.send("/petugas/orang", "/petugas/orang/budi", "peran=officer&kelas=biasa");
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text());
    assert_eq!(budi.get("/petugas").status, StatusCode::SEE_OTHER, "he is out at once");
    let last = ani.send("/petugas/orang", "/petugas/orang/ani", "peran=reader&kelas=biasa&aktif=1");
    assert_eq!(last.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn passwords_are_not_tried_on_ones_own_page_without_end() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let new = "lima+kuda+lari+pagi";
    let try_with = |ani: &mut Browser<'_>, old: &str| {
        let fields = format!("lama={old}&sandi={new}&lagi={new}");
        ani.send("/petugas/akun", "/petugas/akun/sandi", &fields)
    };
    let wrong = try_with(&mut ani, "salah");
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..20 {
        assert_eq!(try_with(&mut ani, "salah").status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // The right one does not help any more, here or at the door, until some time has passed.
    assert_eq!(try_with(&mut ani, PASSWORD).status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_ne!(Browser::new(&site).sign_in("ani").status, StatusCode::SEE_OTHER);
}

#[test]
fn a_second_factor_is_set_up_and_asked_for() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let page = ani.get("/petugas/akun?faktor=baru");
    let secret = page.text().split("name=\"rahasia\" value=\"").nth(1).unwrap();
    let secret = secret.split('"').next().unwrap().to_owned();
    let now: Timestamp = site.state.holdings.archive().now();
    let enrolment = simars_access::second::Enrolment { secret: secret.clone() };
    let number = enrolment.number(now).unwrap();
    let fields = format!("rahasia={secret}&kode={number}");
    let set = ani.send("/petugas/akun?faktor=baru", "/petugas/akun/faktor", &fields);
    assert_eq!(set.status, StatusCode::OK, "{}", set.text());
    let codes = set.text().split("code-list").nth(1).unwrap();
    let code = codes.split("digest\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    ani.cookie.clear();
    assert_eq!(ani.sign_in("ani").status, StatusCode::UNAUTHORIZED);
    let fields = format!("nama=ani&sandi={PASSWORD}&kode={code}");
    let reply = ani.send("/petugas/masuk", "/petugas/masuk", &fields);
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
}

#[test]
fn who_files_does_not_publish_where_two_are_needed() {
    let site = Site::with_two_persons();
    let mut ani = administrator(&site);
    let (content_type, body) = form("berkas", DECISION.as_bytes());
    let page = ani.get("/petugas/unggah");
    let mark =
        page.text().split("/petugas/unggah?tanda=").nth(1).unwrap().split('"').next().unwrap();
    let action = format!("/petugas/unggah?tanda={mark}");
    let filed = ani.ask(Method::POST, &action, (&content_type, body));
    let id = filed.text().split("/petugas/dokumen/").nth(1).unwrap()[..26].to_owned();
    let address = format!("/petugas/dokumen/{id}");
    let own = ani.send(&address, &address, "dasar=1&title=Judul&lalu=terbit");
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    assert!(own.text().contains("orang lain yang berwenang"), "{}", own.text());
    let added = ani.send("/petugas/orang", "/petugas/orang", "nama=budi&peran=approver");
    let link = added.text().split("/petugas/undangan/").nth(1).unwrap()[..64].to_owned();
    let mut budi = Browser::new(&site);
    budi.accept(&format!("/petugas/undangan/{link}"), "");
    budi.sign_in("budi");
    let other = budi.send(&address, &address, "dasar=2&title=Judul&lalu=terbit");
    assert_eq!(other.status, StatusCode::SEE_OTHER, "{}", other.text());
    assert_eq!(site.get(&format!("/dokumen/{id}")).status, StatusCode::OK);
}
