//! Harvesting: every verb, every error, lists in parts while things change, nothing closed.

use simars_archive::Change;

use crate::site::{DECISION, Site};

fn ask(site: &Site, query: &str) -> String {
    let reply = site.get(&format!("/oai?{query}"));
    assert_eq!(reply.status, 200, "{query}");
    assert!(reply.header("content-type").starts_with("text/xml"), "{query}");
    reply.text().to_owned()
}

fn refused(site: &Site, query: &str) -> String {
    let text = ask(site, query);
    let code = text.split("<error code=\"").nth(1).unwrap_or_else(|| panic!("no error: {text}"));
    code.split('"').next().unwrap().to_owned()
}

/// What stands between the tags of an element, each time it comes.
fn all<'a>(text: &'a str, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    text.split(&open).skip(1).map(|part| part.split(&close).next().unwrap()).collect()
}

fn many(count: usize) -> Site {
    let site = Site::known_as(Some("https://arsip.example.id"));
    for number in 0..count {
        let text = DECISION.replace("NOMOR 12", &format!("NOMOR {number}"));
        let reply = site.upload(&format!("name={number}.txt"), text.as_bytes());
        assert_eq!(reply.status, 201);
    }
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    site
}

/// Harvests everything; gives the identifiers, in their order.
fn harvest(site: &Site, verb: &str, mut between: impl FnMut(usize)) -> Vec<String> {
    let mut found = Vec::new();
    let mut query = format!("verb={verb}&metadataPrefix=oai_dc");
    for round in 0..20 {
        let text = ask(site, &query);
        found.extend(all(&text, "identifier").into_iter().map(str::to_owned));
        let token = text.split("<resumptionToken cursor=\"").nth(1);
        let Some(token) = token.and_then(|rest| rest.split('>').nth(1)) else { return found };
        let token = token.split('<').next().unwrap();
        if token.is_empty() {
            return found;
        }
        between(round);
        query = format!("verb={verb}&resumptionToken={token}");
    }
    panic!("a harvest without an end");
}

#[test]
fn a_record_says_what_the_document_is() {
    let site = many(1);
    let text = ask(&site, "verb=ListRecords&metadataPrefix=oai_dc");
    let id = all(&text, "identifier")[0].to_owned();
    assert!(id.starts_with("oai:arsip.example.id:"), "{id}");
    assert_eq!(all(&text, "dc:title"), ["PENETAPAN PEROLEHAN KURSI PARTAI POLITIK CONTOH"]);
    assert_eq!(all(&text, "dc:date"), ["2024-05-20"]);
    assert_eq!(all(&text, "setSpec"), ["jenis:keputusan", "tahun:2024"]);
    assert!(all(&text, "dc:identifier")[0].starts_with("https://arsip.example.id/dokumen/"));
    let one = ask(&site, &format!("verb=GetRecord&metadataPrefix=mods&identifier={id}"));
    assert!(one.contains("<mods xmlns=\"http://www.loc.gov/mods/v3\" version=\"3.5\""), "{one}");
    assert!(one.contains("<dateIssued encoding=\"w3cdtf\">2024-05-20</dateIssued>"), "{one}");
    let formats = ask(&site, &format!("verb=ListMetadataFormats&identifier={id}"));
    assert_eq!(all(&formats, "metadataPrefix"), ["oai_dc", "mods"]);
    let sets = ask(&site, "verb=ListSets");
    assert_eq!(all(&sets, "setSpec"), ["jenis:keputusan", "tahun:2024"]);
    let identify = ask(&site, "verb=Identify");
    assert_eq!(all(&identify, "baseURL"), ["https://arsip.example.id/oai"]);
    assert_eq!(all(&identify, "granularity"), ["YYYY-MM-DDThh:mm:ssZ"]);
    let posted = site.post(
        "/oai",
        &[("content-type", "application/x-www-form-urlencoded")],
        b"verb=ListRecords&metadataPrefix=oai_dc",
    );
    assert_eq!(posted.text(), text);
}

#[test]
fn what_is_wrong_is_told_by_its_code() {
    let site = many(1);
    for (query, code) in [
        ("", "badVerb"),
        ("verb=Identify&x=y", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:y", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=oai:x:y", "idDoesNotExist"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=jenis:laporan", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2099-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=1999-01-01", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=oai_dc~~~~9", "badResumptionToken"),
    ] {
        assert_eq!(refused(&site, query), code, "{query}");
    }
    assert!(ask(&site, "verb=%3Cx%3E&%22=%3E").contains("badVerb"), "nothing is echoed raw");
}

#[test]
fn a_list_goes_on_while_documents_come_and_go() {
    let site = many(230);
    let before = harvest(&site, "ListIdentifiers", |_| ());
    assert_eq!(before.len(), 230);
    assert_eq!(harvest(&site, "ListRecords", |_| ()).iter().collect::<Vec<_>>(), {
        // A record names its document's address and the like in other elements.
        before.iter().collect::<Vec<_>>()
    });
    let id = |identifier: &str| identifier.rsplit(':').next().unwrap().parse().unwrap();
    let during = harvest(&site, "ListIdentifiers", |round| {
        let archive = site.state.holdings.archive();
        archive.change(&id(&before[round]), &Change::Withdraw).unwrap();
        archive.change(&id(&before[229 - round]), &Change::Withdraw).unwrap();
        site.upload("name=x.txt", format!("Surat contoh {round}").as_bytes());
    });
    assert_eq!(during[..230], before[..], "none is missed or told twice");
    assert_eq!(during.len(), 232);
    let text = ask(&site, "verb=ListIdentifiers&metadataPrefix=oai_dc");
    assert_eq!(text.matches("<header status=\"deleted\">").count(), 2);
    let gone =
        ask(&site, &format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={}", before[0]));
    assert!(gone.contains("status=\"deleted\"") && !gone.contains("<metadata>"), "{gone}");
    assert!(!gone.contains("PEROLEHAN"), "{gone}");
    // Whoever harvests one set alone learns of it too.
    let set = &all(&gone, "setSpec")[0];
    let of_set = format!("verb=ListIdentifiers&metadataPrefix=oai_dc&set={set}");
    let of_set = ask(&site, &of_set);
    assert_eq!(of_set.matches("<header status=\"deleted\">").count(), 2, "{of_set}");
}

#[test]
fn the_days_of_an_act_are_told_apart() {
    let site = Site::known_as(Some("https://arsip.example.id"));
    let act = "PERATURAN BADAN CONTOH\nNOMOR 7 TAHUN 2024\nTENTANG\nHAL CONTOH\n\n\
               Menimbang : bahwa perlu;\nMEMUTUSKAN:\nPasal 1\nPeraturan Badan ini mulai berlaku \
               setelah 3 (tiga) bulan terhitung sejak tanggal diundangkan.\n\nDitetapkan di Contoh\n\
               pada tanggal 20 Mei 2024\nKEPALA,\nttd\nBUDI SAMPEL\n\nDiundangkan di Contoh\n\
               pada tanggal 22 Mei 2024\n";
    site.file("name=x.txt", act.as_bytes());
    let text = ask(&site, "verb=ListRecords&metadataPrefix=mods");
    for told in [
        "<dateIssued encoding=\"w3cdtf\">2024-05-20</dateIssued>",
        "<dateOther encoding=\"w3cdtf\" type=\"diundangkan\">2024-05-22</dateOther>",
        "<dateValid encoding=\"w3cdtf\" point=\"start\">2024-08-22</dateValid>",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

#[test]
fn a_record_of_a_document_of_which_little_is_known_has_no_empty_elements() {
    let site = Site::known_as(Some("https://arsip.example.id"));
    site.file("name=x.txt", b"Catatan");
    for format in ["mods", "oai_dc"] {
        let text = ask(&site, &format!("verb=ListRecords&metadataPrefix={format}"));
        let closes =
            |(at, _): (usize, &str)| text[..at].rsplit('<').next().unwrap().starts_with('/');
        assert!(text.match_indices("></").all(closes), "{text}");
    }
}

#[test]
fn what_is_closed_is_not_told() {
    let site = Site::known_as(Some("https://arsip.example.id"));
    let mut closed = Vec::new();
    for (number, query) in ["access=terbatas", "access=rahasia", "draft=1"].iter().enumerate() {
        let text = DECISION.replace("NOMOR 12", &format!("NOMOR {number}"));
        closed.push(site.file(&format!("name={number}.txt&{query}"), text.as_bytes()));
    }
    assert_eq!(refused(&site, "verb=ListRecords&metadataPrefix=oai_dc"), "noRecordsMatch");
    assert!(!ask(&site, "verb=ListSets").contains("<set>"));
    for id in closed {
        let of = |id: &str| {
            let identifier = format!("oai:arsip.example.id:{id}");
            ask(&site, &format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}"))
        };
        let nobody = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
        assert_eq!(of(&id).replace(&id, nobody), of(nobody));
    }
}
