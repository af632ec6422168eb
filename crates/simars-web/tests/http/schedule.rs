//! Classification and retention at the desk and over the API: a schedule comes in, documents get
//! codes, and the desk tells what falls due.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use simars_record::AccessClass;

use crate::person::{added, administrator};
use crate::site::{Site, TOKEN, form};

const SCHEDULE: &str = "\
kode,uraian,aktif,inaktif,nasib akhir,contoh
XX,Contoh,,,,ya
XX.01,Peminjaman buku,1 Tahun,1 Tahun,Musnah,ya
XX.02,Pemusnahan naskah,1 Tahun setelah acara,-,\"Musnah, kecuali yang asli Permanen\",ya
";

/// Files a letter of a day, as the owner, with its code if there is one.
fn letter(site: &Site, title: &str, day: &str, code: &str) -> String {
    let title_query = title.replace(' ', "+");
    let query = format!("name={}.txt&kind=surat&title={title_query}&date={day}", title.len());
    let query = if code.is_empty() { query } else { format!("{query}&classification={code}") };
    site.file(&query, format!("{title}, {day}").as_bytes())
}

fn import(site: &Site, query: &str, text: &str) -> crate::site::Reply {
    let reply = site.post_as_owner(&format!("/api/v1/schedule?{query}"), text.as_bytes());
    site.state.holdings.wait_until_placed().unwrap();
    reply
}

fn act(site: &Site, id: &str, act: &str) -> crate::site::Reply {
    let headers = [("authorization", &*format!("Bearer {TOKEN}"))];
    site.post(&format!("/api/v1/documents/{id}/acts"), &headers, act.as_bytes())
}

#[test]
fn a_schedule_comes_in_by_the_api() {
    let site = Site::new();
    let none = site.get_as_owner("/api/v1/schedule").json();
    assert!(none["version"].is_null() && none["entries"].as_array().unwrap().is_empty());
    let looked = import(&site, "name=contoh.csv&dry_run=1", SCHEDULE).json();
    assert_eq!((&looked["added"], &looked["entries"]), (&3.into(), &3.into()));
    assert!(looked["stated"].is_null());
    assert_eq!(site.get_as_owner("/api/v1/schedule").json()["versions"], serde_json::json!([]));

    let wrong = SCHEDULE.replace("XX.02,", "XX 02,");
    let refused = import(&site, "name=contoh.csv", &wrong);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = refused.json();
    assert_eq!(problem["report"]["errors"][0]["line"], 4);
    assert!(problem["detail"].as_str().unwrap().contains("write XX.02"), "{problem}");
    for (query, part) in [
        ("valid_from=kemarin", "no date"),
        ("valid_from=2026-02-01&valid_to=2026-01-01", "ends before it begins"),
    ] {
        let reply = import(&site, query, SCHEDULE);
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert!(reply.text().contains(part), "{}", reply.text());
    }
    assert_eq!(import(&site, "", "bukan tabel").status, StatusCode::UNPROCESSABLE_ENTITY);

    let taken = import(&site, "name=contoh.csv&valid_from=2020-01-01&skip_wrong=1", &wrong).json();
    assert_eq!((&taken["stated"]["number"], &taken["stated"]["count"]), (&1.into(), &2.into()));
    let again = import(&site, "name=contoh.csv&valid_from=2020-01-01", SCHEDULE).json();
    assert_eq!((&again["added"], &again["same"]), (&1.into(), &2.into()));
    let shown = site.get_as_owner("/api/v1/schedule").json();
    assert_eq!((&shown["in_force"], &shown["version"]["demonstration"]), (&2.into(), &true.into()));
    assert_eq!(shown["entries"].as_array().unwrap().len(), 3);
    let older = site.get_as_owner("/api/v1/schedule?version=1").json();
    assert_eq!(older["entries"].as_array().unwrap().len(), 2);
    let status = |path: &str| site.get_as_owner(path).status;
    assert_eq!(status("/api/v1/schedule?version=9"), StatusCode::BAD_REQUEST);
    let audit = site.get_as_owner("/api/v1/audit?act=jadwal").json();
    assert_eq!(audit["acts"].as_array().map(Vec::len), Some(2), "{audit}");
}

#[test]
fn what_falls_due_and_what_waits() {
    let site = Site::new();
    let due = letter(&site, "Peminjaman buku satu", "2024-11-30", "XX.01");
    let bare = letter(&site, "Berita pemusnahan naskah", "2024-11-30", "");
    assert!(import(&site, "valid_from=2020-01-01", SCHEDULE).json()["stated"].is_object());
    let list = site.get_as_owner("/api/v1/schedule/due").json();
    assert_eq!((&list["month"], &list["counts"]["musnah"]), (&"2026-11".into(), &1.into()));
    assert_eq!(list["documents"][0]["id"], due.as_str());
    assert_eq!(list["documents"][0]["due"]["basis"], "document");
    assert!(list["placing"].is_null());

    let found = site.get_as_owner(&format!("/api/v1/documents/{bare}/retention")).json();
    let suggested = &found["suggestions"][0];
    assert_eq!((&suggested["code"], &suggested["because"]), (&"XX.02".into(), &"words".into()));
    let no_code = site.get_as_owner("/api/v1/schedule/due?list=no-code").json();
    assert_eq!(no_code["documents"][0]["id"], bare.as_str());
    let wrong = act(&site, &bare, r#"{"act":"classify","code":"XX.02.9"}"#);
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text().contains("XX.02 is in it"), "{}", wrong.text());
    assert_eq!(act(&site, &bare, r#"{"act":"classify","code":"xx.02"}"#).json()["changed"], true);
    let waiting = site.get_as_owner("/api/v1/schedule/due?list=waiting").json();
    assert_eq!(waiting["documents"][0]["due"]["waits"]["event"], "acara");
    let bad = act(&site, &bare, r#"{"act":"trigger","date":"kemarin"}"#);
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    act(&site, &bare, r#"{"act":"trigger","date":"2024-02-29"}"#);
    let found = site.get_as_owner(&format!("/api/v1/documents/{bare}/retention")).json();
    assert_eq!(found["due"]["over"], "2025-02-28");
    assert_eq!(found["entry"]["rule"]["exception"], "kecuali yang asli Permanen");
    let overdue = site.get_as_owner("/api/v1/schedule/due?list=overdue").json();
    assert_eq!(overdue["counts"]["total"], 2, "{overdue}");

    assert_eq!(act(&site, &bare, r#"{"act":"hold","reason":" "}"#).status, StatusCode::BAD_REQUEST);
    act(&site, &bare, r#"{"act":"hold","reason":"sengketa"}"#);
    let held = site.get_as_owner("/api/v1/schedule/due?list=held").json();
    assert_eq!(held["documents"][0]["held"], true);
    act(&site, &bare, r#"{"act":"release"}"#);
    let kinds = site.get_as_owner(&format!("/api/v1/documents/{bare}")).json();
    let kinds: Vec<&str> = kinds["statements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["terbit", "koreksi", "retensi", "retensi", "retensi"]);
    for path in ["?month=Desember", "?list=semua", "?cursor=x"] {
        let reply = site.get_as_owner(&format!("/api/v1/schedule/due{path}"));
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}");
    }
    let public = site.get(&format!("/dokumen/{bare}")).text().to_owned();
    assert!(!public.contains("sengketa") && !public.contains("acara"), "nobody's business");
    assert!(!site.get(&format!("/api/v1/documents/{bare}")).text().contains("sengketa"));
}

#[test]
fn the_desk_from_a_file_to_what_is_due() {
    let site = Site::new();
    let due = letter(&site, "Peminjaman buku satu", "2024-11-30", "");
    let mut browser = administrator(&site);
    let page = browser.get("/petugas/klasifikasi");
    assert!(page.text().contains("Belum ada skema"), "{}", page.text());
    assert!(!browser.get("/petugas").text().contains("Jatuh tempo November"), "no schedule yet");
    let mark = page.text().split("periksa?tanda=").nth(1).unwrap().split('"').next().unwrap();
    let look = format!("/petugas/klasifikasi/periksa?tanda={mark}");
    let (kind, body) = form("berkas", SCHEDULE.replace("1 Tahun,1 Tahun", "1 Bulan,-").as_bytes());
    let wrong = browser.ask(Method::POST, &look, (&kind, body));
    assert!(wrong.text().contains("1 baris salah"), "{}", wrong.text());
    assert!(wrong.text().contains("<td>3</td><td>aktif</td>"), "{}", wrong.text());
    let (kind, body) = form("berkas", SCHEDULE.as_bytes());
    let looked = browser.ask(Method::POST, &look, (&kind, body));
    assert!(looked.text().contains("3 baru"), "{}", looked.text());
    assert!(looked.text().contains("Contoh, bukan JRA"), "what is made for show says so");
    let taking = looked.text().split("name=\"sidik\" value=\"").nth(1).unwrap();
    let taking = taking.split('"').next().unwrap().to_owned();
    let take = format!("/petugas/klasifikasi?tanda={mark}");
    let urlencoded = "application/x-www-form-urlencoded";
    let sent = |day: &str| format!("sidik={taking}&sejak={day}").into_bytes();
    let bad = browser.ask(Method::POST, &take, (urlencoded, sent("kemarin")));
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let taken = browser.ask(Method::POST, &take, (urlencoded, sent("2020-01-01")));
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    let again = browser.ask(Method::POST, &take, (urlencoded, sent("2020-01-01")));
    assert_eq!(again.status, StatusCode::CONFLICT, "it was taken once");
    site.state.holdings.wait_until_placed().unwrap();
    let found = browser.get("/petugas/klasifikasi?q=naskah");
    assert!(found.text().contains("1 kode") && found.text().contains("contoh, bukan JRA"));
    assert!(found.text().contains("kecuali yang asli Permanen"), "{}", found.text());

    let address = format!("/petugas/dokumen/{due}");
    let shown = browser.get(&address);
    assert!(shown.text().contains("Pakai XX.01"), "{}", shown.text());
    let action = format!("{address}/retensi");
    let done = browser.send(&address, &action, "lalu=klasifikasi&kode=XX.01");
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let desk = browser.get("/petugas");
    assert!(desk.text().contains("Jatuh tempo November 2026"), "{}", desk.text());
    assert!(desk.text().contains("dapat diusulkan musnah: 1"), "{}", desk.text());
    let list = browser.get("/petugas/jatuh-tempo?bulan=2026-11");
    assert!(list.text().contains(&address) && list.text().contains("30 November 2026"));
    assert!(list.text().contains("sementara"), "counted from its own date");
    assert!(browser.get("/petugas/jatuh-tempo?bulan=2026-12").text().contains("Tidak ada dokumen"));

    let closed = browser.send(&address, &action, "lalu=peristiwa&tahap=active&tanggal=2024-12-31");
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    let told = browser.get(&address);
    for part in ["sejak 31 Desember 2024, seperti dinyatakan", "Retensi berakhir 31 Desember 2026"]
    {
        assert!(told.text().contains(part), "{}", told.text());
    }
    for (fields, part) in [
        ("lalu=klasifikasi&kode=ZZ.99", "tidak ada dalam skema"),
        ("lalu=peristiwa&tanggal=kemarin", "Tanggal itu tidak benar"),
        ("lalu=tahan&alasan=+", "Sebutkan alasan"),
    ] {
        let refused = browser.send(&address, &action, fields);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields}");
        assert!(refused.text().contains(part), "{}", refused.text());
    }
    browser.send(&address, &action, "lalu=tahan&alasan=sengketa");
    assert!(browser.get(&address).text().contains("Selama ditahan"));
    assert!(browser.get("/petugas/jatuh-tempo?daftar=ditahan").text().contains("sengketa"));
    browser.send(&address, &action, "lalu=lepas");
    let history = browser.get("/petugas/riwayat?jenis=retensi&oleh=ani");
    assert_eq!(history.text().matches("<tr role=\"row\"><td").count(), 3, "{}", history.text());
    let english = browser.get("/petugas/jatuh-tempo?bulan=2026-12&bahasa=en");
    assert!(english.text().contains("Due in December 2026"), "{}", english.text());
}

/// What somebody is not cleared for is neither listed nor counted, nor does it suggest anything.
#[test]
fn closed_documents_are_counted_for_nobody_else() {
    let site = Site::new();
    import(&site, "valid_from=2020-01-01", SCHEDULE);
    for number in 0..3 {
        let query = format!(
            "name=r{number}.txt&access=rahasia&kind=surat&title=Gudang+zamrud+{number}\
             &date=2024-11-30&classification=XX.01"
        );
        site.file(&query, format!("rahasia {number}").as_bytes());
    }
    let open = letter(&site, "Gudang zamrud", "2024-11-30", "");
    let mut browser = administrator(&site);
    let desk = browser.get("/petugas").text().to_owned();
    // The first administrator is cleared for everything; somebody else is not.
    assert!(desk.contains("dapat diusulkan musnah: 3"), "{desk}");
    let now = site.state.holdings.archive().now();
    let mut random = |bytes: &mut [u8]| (site.state.random)(bytes);
    let rights = simars_access::Grant {
        roles: "archivist".parse().unwrap(),
        clearance: AccessClass::Restricted,
        unit: None,
    };
    let key = site.state.people.look(|people| {
        let login: simars_access::LoginName = "budi".parse().unwrap();
        let link = people.add(login.clone(), "", rights, now, &mut random).unwrap();
        people.accept(link.reveal(), "hash".to_owned(), now).unwrap();
        let key = people.add_key(&login, "", (rights.roles, 1), now, &mut random).unwrap();
        key.reveal().to_owned()
    });
    let bearer = format!("Bearer {key}");
    let get = |path: &str| site.ask_with(Method::GET, path, &[("authorization", &bearer)]).json();
    let due = get("/api/v1/schedule/due");
    assert_eq!((&due["counts"]["total"], &due["documents"]), (&0.into(), &serde_json::json!([])));
    let told = get(&format!("/api/v1/documents/{open}/retention"));
    assert_eq!(told["suggestions"], serde_json::json!([]), "nothing is learnt from closed ones");
    let headers = [("authorization", bearer.as_str())];
    // An officer files and describes, and gives no codes.
    let rights = simars_access::Grant {
        roles: "officer".parse().unwrap(),
        clearance: AccessClass::Restricted,
        unit: None,
    };
    let officer = site.state.people.look(|people| {
        let login: simars_access::LoginName = "citra".parse().unwrap();
        let link = people.add(login.clone(), "", rights, now, &mut random).unwrap();
        people.accept(link.reveal(), "hash".to_owned(), now).unwrap();
        let key = people.add_key(&login, "", (rights.roles, 1), now, &mut random).unwrap();
        format!("Bearer {}", key.reveal())
    });
    let send = |query: &str| {
        let path = format!("/api/v1/documents?draft=1&{query}");
        site.post(&path, &[("authorization", &officer)], query.as_bytes())
    };
    assert_eq!(send("name=a.txt&classification=XX.01").status, StatusCode::FORBIDDEN);
    let filed = send("name=b.txt");
    assert_eq!(filed.status, StatusCode::CREATED);
    let id = filed.json()["id"].as_str().unwrap().to_owned();
    for act in [
        r#"{"act":"classify","code":"XX.01"}"#,
        r#"{"act":"correct","description":{"classification":"XX.01"}}"#,
        r#"{"act":"hold","reason":"uji"}"#,
    ] {
        let path = format!("/api/v1/documents/{id}/acts");
        let reply = site.post(&path, &[("authorization", &officer)], act.as_bytes());
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{act}");
    }
    let path = format!("/api/v1/documents/{id}/content?name=b.txt&classification=XX.01");
    let replaced =
        Request::builder().method(Method::PUT).uri(path).header("authorization", &officer);
    let replaced = site.ask(replaced.body(Body::from("isi baru")).unwrap());
    assert_eq!(replaced.status, StatusCode::FORBIDDEN);
    let gone = "kode,uraian\nXX,Contoh\n";
    let looked = site.post("/api/v1/schedule?dry_run=1", &headers, gone.as_bytes()).json();
    let changes = looked["changes"].as_array().unwrap();
    assert!(changes.iter().all(|change| change["documents"] == 0), "{looked}");
    let owner = site.post_as_owner("/api/v1/schedule?dry_run=1", gone.as_bytes()).json();
    assert!(owner["changes"].to_string().contains("\"documents\":3"), "{owner}");
    assert_eq!(
        site.get(&format!("/api/v1/documents/{open}/retention")).status,
        StatusCode::NOT_FOUND
    );
}

/// A key of an archivist who works for one unit alone.
fn key_within(site: &Site, login: &str, unit: &str) -> String {
    let now = site.state.holdings.archive().now();
    let mut random = |bytes: &mut [u8]| (site.state.random)(bytes);
    let (roles, unit) = ("archivist".parse().unwrap(), Some(unit.parse().unwrap()));
    let rights = simars_access::Grant { roles, clearance: AccessClass::Restricted, unit };
    site.state.people.look(|people| {
        let login: simars_access::LoginName = login.parse().unwrap();
        let link = people.add(login.clone(), "", rights, now, &mut random).unwrap();
        people.accept(link.reveal(), "hash".to_owned(), now).unwrap();
        let key = people.add_key(&login, "", (rights.roles, 1), now, &mut random).unwrap();
        format!("Bearer {}", key.reveal())
    })
}

/// Who works for one unit is told what falls due there, and counts nothing of another.
#[test]
fn people_of_one_unit_have_lists_of_their_own() {
    let site = Site::new();
    import(&site, "valid_from=2020-01-01", SCHEDULE);
    let file = |unit: &str, number: u32, more: &str| {
        let query = format!(
            "name={unit}{number}.txt&unit={unit}&kind=surat&title=Gudang+{unit}+{number}\
             &date=2024-11-30&classification=XX.01{more}"
        );
        site.file(&query, format!("{unit} {number}").as_bytes())
    };
    let own = [file("TEKNIS", 1, ""), file("TEKNIS", 2, "&access=terbatas")];
    file("TEKNIS", 3, "&access=rahasia");
    file("SDM", 1, "&access=terbatas");
    file("SDM", 2, "");
    letter(&site, "Gudang bersama", "2024-11-30", "XX.01");
    let bare =
        site.file("name=bare.txt&unit=TEKNIS&kind=surat&title=Gudang&draft=1", b"tanpa kode");
    let teknis = key_within(&site, "budi", "TEKNIS");
    let get = |bearer: &str, path: &str| {
        site.ask_with(Method::GET, path, &[("authorization", bearer)]).json()
    };
    let due = get(&teknis, "/api/v1/schedule/due");
    assert_eq!(due["counts"]["total"], 2, "{due}");
    let listed = due["documents"].as_array().unwrap();
    let listed: Vec<&str> = listed.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(listed, own);
    assert!(!due.to_string().contains("SDM") && !due.to_string().contains("bersama"), "{due}");
    let no_code = get(&teknis, "/api/v1/schedule/due?list=no-code");
    assert_eq!(no_code["documents"][0]["id"], bare.as_str(), "{no_code}");
    let sdm = key_within(&site, "citra", "SDM");
    assert_eq!(get(&sdm, "/api/v1/schedule/due")["counts"]["total"], 2);
    assert_eq!(get(&sdm, "/api/v1/schedule/due?list=no-code")["counts"]["total"], 0);
    let keu = key_within(&site, "dewi", "KEU");
    assert_eq!(get(&keu, "/api/v1/schedule/due")["counts"]["total"], 0);
    assert_eq!(site.get_as_owner("/api/v1/schedule/due").json()["counts"]["total"], 6);
    // What another schedule would change is counted among the own documents as well.
    let headers = [("authorization", teknis.as_str())];
    let gone = "kode,uraian\nXX,Contoh\n";
    let looked = site.post("/api/v1/schedule?dry_run=1", &headers, gone.as_bytes()).json();
    assert!(looked["changes"].to_string().contains("\"documents\":2"), "{looked}");
    let told = get(&teknis, &format!("/api/v1/documents/{bare}/retention"));
    assert_eq!(told["suggestions"][0]["code"], "XX.01", "what the unit decided: {told}");
}

/// How long the desk takes beside very many documents that fall due: `SIMARS_DESK_DOCUMENTS=100000`
/// measures, and prints; otherwise a few show that it works.
#[test]
#[allow(clippy::print_stderr, reason = "a measurement tells its figures")]
fn the_desk_is_quick_beside_many_documents() {
    let wanted = std::env::var("SIMARS_DESK_DOCUMENTS").ok().and_then(|many| many.parse().ok());
    let many: u32 = wanted.unwrap_or(300);
    let site = Site::new();
    let archive = site.state.holdings.archive();
    let begun = std::time::Instant::now();
    for first in (0..many).step_by(1_000) {
        let group = first..many.min(first + 1_000);
        let group: Vec<_> = group.map(|n| archive.place(made(n)).unwrap()).collect();
        archive.register_all(&group).unwrap();
    }
    let filed = begun.elapsed();
    import(&site, "valid_from=2020-01-01", SCHEDULE);
    let placed = begun.elapsed() - filed;
    site.state.holdings.wake();
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    let mut everywhere = administrator(&site);
    let mut within = added(&mut everywhere, "peran=archivist&kelas=biasa&unit=TEKNIS", "budi");
    for (who, browser) in [("all", &mut everywhere), ("one unit", &mut within)] {
        for path in [
            "/petugas",
            "/petugas/jatuh-tempo?bulan=2026-12",
            "/petugas/jatuh-tempo?daftar=lewat",
            "/petugas/jatuh-tempo?daftar=tanpa-kode",
            "/petugas/klasifikasi",
        ] {
            let mut times: Vec<u128> = Vec::new();
            for _ in 0..20 {
                let asked = std::time::Instant::now();
                let reply = browser.get(path);
                assert_eq!(reply.status, StatusCode::OK, "{path}");
                times.push(asked.elapsed().as_micros());
            }
            times.sort_unstable();
            let slowest = times[times.len() - 1];
            if wanted.is_some() {
                let median = times[times.len() / 2];
                eprintln!("{who} {path}: p50 {median} µs, slowest {slowest} µs");
                assert!(slowest < 150_000, "{who} {path}: {slowest} µs");
            }
        }
    }
    if wanted.is_some() {
        let each = placed.as_micros() / u128::from(many);
        eprintln!("{many} documents; a new schedule places {each} µs each, in {placed:?}");
    }
}

/// A document whose day lies somewhere in ten years; every second belongs to a unit, every tenth has no
/// code, every seventh waits.
fn made(n: u32) -> simars_archive::Submission {
    use simars_record::{Date, Description, Extracted, Field, Page, Publication, TextSource};
    let day = Date::new(2016 + (n % 10) as u16, (n / 10 % 12 + 1) as u8, (n % 28 + 1) as u8);
    let code = match n {
        _ if n.is_multiple_of(10) => None,
        _ if n.is_multiple_of(7) => Some("XX.02"),
        _ => Some("XX.01"),
    };
    simars_archive::Submission {
        unit: if n.is_multiple_of(2) { "TEKNIS".parse().ok() } else { None },
        opens: None,
        rendition: None,
        stack: None,
        original: simars_archive::Received::from_bytes(format!("contoh {n}").into_bytes()),
        reading: simars_archive::Reading::new(Extracted {
            media_type: "text/plain".to_owned(),
            pages: vec![Page::new("Peminjaman buku contoh", TextSource::Layer)],
            findings: Vec::new(),
            embedded_title: None,
            reader: "text".to_owned(),
            structure: None,
        }),
        file_name: format!("{n}.txt"),
        description: Description {
            kind: Some(Field::stated("surat".to_owned())),
            number: Some(Field::stated(n.to_string())),
            title: Some(Field::stated(format!("Peminjaman buku {n}"))),
            date: day.map(Field::stated),
            classification: code.map(|code| Field::stated(code.to_owned())),
            rules: simars_describe::RULES,
            ..Description::default()
        },
        access: AccessClass::Open,
        publication: Publication::Published,
        by: None,
    }
}
