//! The reading view: its ways to look at a page, and what stands around it.

use axum::http::{Method, StatusCode};
use simars_archive::Change;
use simars_record::AccessClass;

use crate::made::tally;
use crate::site::Site;

fn decision(number: u32, year: u16) -> String {
    format!(
        "KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH\nNOMOR {number} TAHUN {year}\nTENTANG\n\
         CONTOH KE {number}\n\nMEMUTUSKAN:\nKESATU : Menetapkan contoh ke {number}.\n\u{c}\
         KEDUA : Halaman kedua memuat kursi.\n\u{c}Halaman ketiga memuat kursi pula.\n"
    )
}

fn file(site: &Site, number: u32, year: u16) -> String {
    let query = format!(
        "name=SK-{number}-{year}.txt&kind=keputusan&number={number}&year={year}&issuer=Komisi+Contoh"
    );
    site.file(&query, decision(number, year).as_bytes())
}

#[test]
fn a_page_is_an_image_with_its_words_or_a_text() {
    let site = Site::new();
    let id = site.publish(tally());
    let address = format!("/dokumen/{id}/halaman/2");
    let image = site.get(&format!("{address}?q=suara"));
    for expected in [
        "<tspan x=\"2500\" textLength=\"1000\">suara</tspan>",
        "viewBox=\"0 0 10000 15000\"",
        "gambar?lebar=640 640w",
        "<details class=\"transcript\">",
        "href=\"/dokumen/",
    ] {
        assert!(image.text().contains(expected), "{expected}");
    }
    let text = site.get(&format!("{address}?q=suara&tampil=teks"));
    assert!(!text.text().contains("<figure") && text.text().contains("<mark>suara</mark>"));
    // What was chosen is kept from page to page.
    let next = format!("href=\"/dokumen/{id}/halaman/3?q=suara&#38;tampil=teks\"");
    assert!(text.text().contains(&next));
    let large = site.get(&format!("{address}?tampil=besar"));
    assert!(
        large.text().contains("<img src=\"/dokumen/") && large.text().contains("lebar=1800\" w")
    );
    // A page without text is its image, whatever was asked for.
    let blank = site.get(&format!("/dokumen/{id}/halaman/3?tampil=teks"));
    assert!(blank.text().contains("<figure"));
}

#[test]
fn who_saves_data_is_sent_the_text_first() {
    let site = Site::new();
    let id = site.publish(tally());
    let ask = |query: &str, wish: &str| {
        let address = format!("/dokumen/{id}/halaman/2{query}");
        let reply = site.ask_with(Method::GET, &address, &[("save-data", wish)]);
        assert!(reply.header("vary").contains("save-data"));
        reply.text().contains("<img src=\"/dokumen/")
    };
    assert_eq!([ask("", "on"), ask("", "off"), ask("?tampil=gambar", "on")], [false, true, true]);
}

#[test]
fn finds_are_listed_by_page_and_lead_on() {
    let site = Site::new();
    let id = file(&site, 5, 2024);
    let reply = site.get(&format!("/dokumen/{id}/halaman/2?q=kursi"));
    let text = reply.text();
    assert!(text.contains("Ditemukan di 2 halaman."), "{text}");
    assert!(text.contains("Temuan berikutnya") && !text.contains("Temuan sebelumnya"));
    assert_eq!(text.matches("class=\"has\"").count(), 2);
    assert!(text.contains("<li><a href=\"3?q=kursi\" class=\"has\">3"), "{text}");
    let heading = format!("href=\"/dokumen/{id}/halaman/1?q=kursi#diktum-kesatu\"");
    assert!(text.contains(&heading), "{text}");
    let nothing = site.get(&format!("/dokumen/{id}/halaman/1?q=zzzz"));
    assert!(nothing.text().contains("Tidak ditemukan dalam dokumen ini."));
    let form = site.get(&format!("/dokumen/{id}/halaman?n=3&q=kursi&tampil=teks"));
    assert_eq!(form.header("location"), format!("/dokumen/{id}/halaman/3?q=kursi&tampil=teks"));
}

#[test]
fn the_neighbours_in_a_series_are_those_a_reader_may_find() {
    let site = Site::new();
    let [last, second, tenth, next] = [(7, 2023), (2, 2024), (10, 2024), (1, 2026)]
        .map(|(number, year)| file(&site, number, year));
    let beside = |id: &str| {
        let reply = site.get(&format!("/dokumen/{id}/halaman/1"));
        assert_eq!(reply.status, StatusCode::OK);
        let series = reply.text().split("id=\"seri\"").nth(1).unwrap_or_default().to_owned();
        let found =
            series.split("</section>").next().unwrap_or_default().split("/dokumen/").skip(1);
        found.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(beside(&last), std::slice::from_ref(&second));
    assert_eq!(beside(&second), [last, tenth.clone()]);
    assert_eq!(beside(&tenth), [second.clone(), next.clone()], "2 comes before 10");
    let archive = site.state.holdings.archive();
    archive.change(&next.parse().unwrap(), &Change::Access(AccessClass::Secret)).unwrap();
    assert_eq!(beside(&tenth), [second], "closing takes effect at once");
}
