//! What those who work here do all day: many drafts at once, typing that is interrupted, the same
//! decision twice, who may see what.

use axum::http::{Method, StatusCode};

use crate::person::{added, administrator};
use crate::site::{DECISION, Site};

#[test]
fn many_drafts_are_given_a_field_and_published_at_once() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let ids: Vec<String> = (0..5)
        .map(|number| {
            site.file("name=a.txt&draft=1", format!("{DECISION}\nke-{number}").as_bytes())
        })
        .collect();
    let list = ani.get("/petugas/tinjau?apa=konsep&semua=1").text().to_owned();
    assert_eq!(list.matches(" checked>").count(), 5, "{list}");
    let chosen: String = ids[..4].iter().map(|id| format!("pilih={id}&")).collect();
    let page = "/petugas/tinjau?apa=konsep";
    let empty = ani.send(page, "/petugas/tinjau", &format!("{chosen}lalu=terapkan"));
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = format!("{chosen}pilih=aaaaaaaaaaaaaaaaaaaaaaaaaa&collection=putusan&lalu=terbit");
    let done = ani.send(page, "/petugas/tinjau", &fields);
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    assert_eq!(done.text().matches("class=\"good\"").count(), 4);
    assert!(done.text().contains("Dokumen itu tidak ada"));
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    let found = site.get("/api/v1/search?collection=putusan").json();
    assert_eq!(found["total"], 4);
    let left = ani.get(page).text().to_owned();
    assert!(left.contains(&ids[4]) && !left.contains(&ids[0]), "{left}");
    let bad =
        ani.send(page, "/petugas/tinjau", &format!("pilih={}&kind=bukan&lalu=terapkan", ids[4]));
    assert!(bad.text().contains("no kind"), "{}", bad.text());
}

#[test]
fn what_was_typed_survives_a_closed_window() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let id = site.file("name=a.txt&draft=1", DECISION.as_bytes());
    let address = format!("/petugas/dokumen/{id}");
    let kept = ani.send(&address, &format!("{address}/konsep"), "dasar=1&title=Setengah+jadi");
    assert_eq!(kept.status, StatusCode::NO_CONTENT, "{}", kept.text());
    let page = ani.get(&address).text().to_owned();
    assert!(page.contains("Setengah jadi</textarea>") && page.contains("belum disimpan"), "{page}");
    // Somebody else does not see it, and what they save meanwhile is told.
    let mut budi = added(&mut ani, "peran=archivist", "budi");
    assert!(!budi.get(&address).text().contains("Setengah jadi"));
    budi.send(&address, &address, "dasar=1&title=Judul+Budi&lalu=simpan");
    let page = ani.get(&address).text().to_owned();
    assert!(page.contains("Setengah jadi</textarea>") && page.contains("Judul Budi"), "{page}");
    ani.send(&address, &format!("{address}/konsep"), "buang=1");
    assert!(!ani.get(&address).text().contains("Setengah jadi"));
    ani.send(&address, &format!("{address}/konsep"), "dasar=2&title=Lagi");
    ani.send(&address, &address, "dasar=2&title=Lagi&lalu=simpan");
    let page = ani.get(&address).text().to_owned();
    assert!(page.contains("Lagi</textarea>") && !page.contains("belum disimpan"), "it is saved");
    let long = format!("title={}", "x".repeat(70_000));
    let long = ani.send(&address, &format!("{address}/konsep"), &long);
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn the_same_decision_in_another_file_is_told() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let line = |number: u32| {
        let (seats, votes) = (number * 7 % 31, number * 1_313);
        format!("Daerah pemilihan ke-{number} memperoleh {seats} kursi dari {votes} suara sah.\n")
    };
    let filler: String = (1..80).map(line).collect();
    let text = format!("{DECISION}\n{filler}");
    let first = site.file("name=a.txt", text.as_bytes());
    let second = site
        .file("name=b.txt&draft=1", text.replace("ke-30 memperoleh", "ke-30 mendapat").as_bytes());
    let address = format!("/petugas/dokumen/{second}");
    let page = ani.get(&address).text().to_owned();
    let beside = format!("{address}/banding/{first}");
    assert!(page.contains(&beside), "{page}");
    let pair = ani.get(&beside);
    assert_eq!(pair.status, StatusCode::OK);
    assert!(pair.text().contains("<del>mendapat</del> <ins>memperoleh</ins>"), "{}", pair.text());
    // One that this person may not find is not told.
    let mut budi = added(&mut ani, "peran=officer&kelas=biasa", "budi");
    ani.send(&address, &address, "lalu=kelas&kelas=rahasia");
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    let third = site
        .file("name=c.txt&draft=1", text.replace("ke-40 memperoleh", "ke-40 meraih").as_bytes());
    let page = budi.get(&format!("/petugas/dokumen/{third}")).text().to_owned();
    assert!(page.contains(&first) && !page.contains(&second), "{page}");
    let closed = budi.get(&format!("/petugas/dokumen/{third}/banding/{second}"));
    assert_eq!(closed.status, StatusCode::NOT_FOUND);
}

#[test]
fn who_reads_a_closed_document_stands_in_the_trail() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let mut budi = added(&mut ani, "peran=officer&kelas=terbatas", "budi");
    let closed = site.file("name=a.txt&draft=1&access=terbatas", DECISION.as_bytes());
    let open = site.file("name=b.txt", format!("{DECISION} lain").as_bytes());
    for id in [&closed, &open] {
        for path in ["", "/berkas", "/berkas"] {
            let reply = budi.get(&format!("/petugas/dokumen/{id}{path}"));
            assert_eq!(reply.status, StatusCode::OK, "{path}");
        }
    }
    let read = site.get_as_owner("/api/v1/audit?act=lihat").json();
    let acts = read["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 1, "once an hour, and only what is closed: {read}");
    assert_eq!((&acts[0]["by"], &acts[0]["role"]), (&"budi".into(), &"petugas".into()));
    assert_eq!(acts[0]["id"], closed.as_str());
    // Reading is no change: whoever types meanwhile is not stopped.
    let address = format!("/petugas/dokumen/{closed}");
    let saved = ani.send(&address, &address, "dasar=1&title=Baru&lalu=simpan");
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    assert_eq!(
        site.get_as_owner("/api/v1/audit?act=lihat").json()["acts"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn a_rendition_is_bound_to_what_it_leaves_out_parts_of() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let sealed = site.file("name=asli.txt&access=rahasia", DECISION.as_bytes());
    let query = format!("name=umum.txt&rendition_of={sealed}");
    let open = site.file(&query, DECISION.replace("Contoh", "▇▇▇▇▇▇").as_bytes());
    let public = site.get(&format!("/dokumen/{open}"));
    assert!(public.text().contains("versi untuk umum dari dokumen tertutup"), "{}", public.text());
    assert!(!public.text().contains(&sealed), "what is sealed is not named");
    let json = site.get(&format!("/api/v1/documents/{open}"));
    assert_eq!(json.json()["rendition"], true);
    assert!(!json.text().contains(&sealed));
    assert_eq!(site.get(&format!("/dokumen/{sealed}")).status, StatusCode::NOT_FOUND);
    // Bound to the very bytes, in what the log commits to.
    let archive = site.state.holdings.archive();
    let made = archive.document(&open.parse().unwrap()).unwrap().unwrap().rendition.unwrap();
    assert_eq!(made.of.to_string(), sealed);
    assert_eq!(made.sha256, simars_record::Digest::of(DECISION.as_bytes()));
    let desk = ani.get(&format!("/petugas/dokumen/{sealed}")).text().to_owned();
    assert!(desk.contains(&format!("/petugas/dokumen/{open}")), "{desk}");
    assert!(desk.contains(&format!("/petugas/unggah?dari={sealed}")), "{desk}");
    assert!(ani.get(&format!("/petugas/dokumen/{open}")).text().contains(&sealed));
    // Whoever may not read it learns nothing by trying.
    let mut budi = added(&mut ani, "peran=officer&kelas=biasa", "budi");
    assert!(!budi.get(&format!("/petugas/dokumen/{open}")).text().contains(&sealed));
    let form = |of: &str| {
        format!(
            "--x\r\nContent-Disposition: form-data; name=\"rendition_of\"\r\n\r\n{of}\r\n--x\r\n\
             Content-Disposition: form-data; name=\"berkas\"; filename=\"a.txt\"\r\n\r\nisi {of}\r\n--x--\r\n"
        )
    };
    let page = budi.get("/petugas/unggah").text().to_owned();
    let mark = page.split("/petugas/unggah?tanda=").nth(1).unwrap().split('"').next().unwrap();
    let action = format!("/petugas/unggah?tanda={mark}");
    for of in [sealed.as_str(), "aaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        let kind = "multipart/form-data; boundary=x";
        let reply = budi.ask(Method::POST, &action, (kind, form(of).into_bytes()));
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{}", reply.text());
    }
}

#[test]
fn separator_sheets_are_printed_for_whoever_files() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let form = ani.get("/petugas/lembar-pemisah").text().to_owned();
    assert!(form.contains("name=\"kode\"") && form.contains("sangat-rahasia"), "{form}");
    let sheets = ani.get("/petugas/lembar-pemisah.pdf?jumlah=2&jenis=keputusan&kelas=terbatas");
    assert_eq!((sheets.status, sheets.header("content-type")), (StatusCode::OK, "application/pdf"));
    assert_eq!(sheets.header("cache-control"), "no-store");
    assert!(sheets.body.starts_with(b"%PDF-"));
    let wrong = ani.get("/petugas/lembar-pemisah.pdf?jumlah=2&unit=terlalu+panjang");
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    // What was typed is there again.
    assert!(wrong.text().contains("role=\"alert\"") && wrong.text().contains("terlalu panjang"));
    // Who gives no codes is asked for none, and offered no class that they may not see.
    let mut budi = added(&mut ani, "peran=officer&kelas=terbatas", "budi");
    let form = budi.get("/petugas/lembar-pemisah").text().to_owned();
    assert!(!form.contains("name=\"kode\"") && !form.contains("\"rahasia\""), "{form}");
}

#[test]
fn a_month_is_told_in_numbers() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let id = site.file("name=a.txt&draft=1", DECISION.as_bytes());
    let address = format!("/petugas/dokumen/{id}");
    ani.send(&address, &address, "dasar=1&title=Judul&lalu=terbit");
    assert_eq!(site.get(&format!("/dokumen/{id}")).status, StatusCode::OK);
    let report = ani.get("/petugas/laporan").text().to_owned();
    for row in ["Dokumen masuk</th><td>1</td><td>0</td>", "Diterbitkan</th><td>1</td>"] {
        assert!(report.contains(row), "{report}");
    }
    assert!(report.contains("<svg class=\"chart\""));
    let month = site.state.holdings.archive().now().date().to_string()[..7].to_owned();
    let csv = ani.get("/petugas/laporan?form=csv").text().to_owned();
    assert_eq!(csv.lines().count(), 13, "{csv}");
    let last = csv.lines().last().unwrap();
    assert!(last.starts_with(&format!("{month},1,1,1,0,0,0,0,0,")), "{csv}");
    assert_eq!(ani.get("/petugas/laporan?bulan=x").status, StatusCode::BAD_REQUEST);
    assert_eq!(ani.get("/petugas/laporan?bulan=2001-01").status, StatusCode::OK);
}

#[test]
fn an_embargo_and_a_unit_are_set_on_the_desk() {
    let site = Site::new();
    let mut ani = administrator(&site);
    let id = site.file("name=a.txt", DECISION.as_bytes());
    let address = format!("/petugas/dokumen/{id}");
    assert_eq!(site.get(&format!("/dokumen/{id}")).status, StatusCode::OK);
    let past = ani.send(&address, &address, "lalu=kelas&kelas=biasa&buka=2001-01-01");
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = ani.send(&address, &address, "lalu=kelas&kelas=biasa&buka=2099-01-01&unit=teknis");
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text());
    assert_eq!(site.get(&format!("/dokumen/{id}")).status, StatusCode::NOT_FOUND);
    let page = ani.get(&address).text().to_owned();
    assert!(page.contains("embargo sampai 1 Januari 2099") && page.contains("TEKNIS"), "{page}");
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    let unit = |unit: &str| format!("peran=archivist&kelas=terbatas&unit={unit}");
    let mut own = added(&mut ani, &unit("TEKNIS"), "budi");
    let mut other = added(&mut ani, &unit("SDM"), "citra");
    assert_eq!(own.get(&address).status, StatusCode::OK);
    assert_eq!(other.get(&address).status, StatusCode::NOT_FOUND);
    // Who works for one unit files for it, and gives nothing away to another.
    let moved = own.send(&address, &address, "lalu=kelas&kelas=terbatas&unit=SDM");
    assert_eq!(moved.status, StatusCode::FORBIDDEN, "{}", moved.text());
    let open = ani.send(&address, &address, "lalu=kelas&kelas=biasa&buka=&unit=");
    assert_eq!(open.status, StatusCode::SEE_OTHER);
    assert_eq!(site.get(&format!("/dokumen/{id}")).status, StatusCode::OK);
}
