//! What is on the page, what is inside, and that both are always the same.

use super::*;

const PROOF: &str = "c2sp.org/tlog-proof@v1\nindex 3\n\narsip.example/log\n21\nx\n\n— x y\n";

fn certificate<'a>() -> Certificate<'a> {
    Certificate {
        office: "Komisi Pemilihan Umum Provinsi Contoh",
        office_en: "General Election Commission of Contoh Province",
        public_address: "https://arsip.example",
        id: DocumentId::from_bytes([3; 16]),
        sha256: Digest::of(b"penetapan"),
        index: 3,
        title: "Penetapan Perolehan Kursi Partai Politik Peserta Pemilihan Umum",
        number: Some("12/PL.01.9-Kpt/52/2024"),
        date: Some("2 Mei 2024"),
        pages: 14,
        size_bytes: 1_234_567,
        published: Some("24 November 2026, 08.33 UTC"),
        standing: Standing::Current,
        as_of: Timestamp::from_unix(1_795_509_180),
        as_of_words: "24 November 2026, 08.33 UTC",
        checkpoint: Checkpoint { origin: "arsip.example/log", size: 21, root: Digest::of(b"r") },
        witnesses: Witnesses { seen: 2, known: 3, enough: true },
        proof: PROOF,
    }
}

fn has(pdf: &[u8], part: &str) -> bool {
    pdf.windows(part.len()).any(|window| window == part.as_bytes())
}

#[test]
fn says_what_it_is_carries_the_proof_and_is_small() {
    let pdf = certificate().pdf().unwrap();
    assert!(pdf.len() < 150_000, "{} bytes", pdf.len());
    for part in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>U</pdfaid:conformance>",
        "/OutputIntents",
        "/AFRelationship/Data",
        "(ambqgaydambqgaydambqgaydam.tlog-proof)",
        PROOF,
    ] {
        assert!(has(&pdf, part), "{part:?} is missing");
    }
    // Nothing from the machine it was made on: only what was handed in.
    assert!(has(&pdf, "D:20261124083300"));
}

#[test]
fn the_same_values_give_the_same_bytes_and_others_do_not() {
    let made = certificate().pdf().unwrap();
    assert_eq!(certificate().pdf().unwrap(), made);
    assert_ne!(Certificate { pages: 15, ..certificate() }.pdf().unwrap(), made);
    let later = Timestamp::from_unix(1_795_509_181);
    assert_ne!(Certificate { as_of: later, ..certificate() }.pdf().unwrap(), made);
}

#[test]
fn everything_fits_on_one_page_however_long_it_is() {
    let long = "Komisi 字 Pemilihan\u{0}Umum ".repeat(60);
    let worst = Certificate {
        office: &long,
        office_en: &long,
        public_address: "https://arsip-dan-perpustakaan.provinsi-contoh.example.id",
        title: &long,
        number: Some(&long),
        date: Some(&long),
        pages: u32::MAX,
        size_bytes: u64::MAX,
        published: Some(&long),
        as_of_words: &long,
        standing: Standing::Older,
        checkpoint: Checkpoint { origin: &long, size: u64::MAX, root: Digest::of(b"r") },
        witnesses: Witnesses { seen: 0, known: 31, enough: false },
        ..certificate()
    };
    let qr = Qr::of("X").unwrap();
    for (certificate, most) in [(certificate(), 780.0), (worst, PAGE.1 - 20.0)] {
        let mut document = archival(Archival::A3_U).unwrap();
        let hand = Hand::new().unwrap();
        let draw = |sheet: &mut Sheet<'_>| certificate.draw(sheet, &hand, &qr);
        let bottom = Sheet::add(&mut document, PAGE, draw).unwrap();
        assert!(bottom < most, "the page ends at {bottom}");
        assert!(certificate.pdf().is_ok());
    }
}

#[test]
fn witnesses_are_counted_in_words() {
    let said = |seen, known, enough| Witnesses { seen, known, enough }.sentence().0;
    assert!(said(0, 0, true).contains("belum memiliki saksi"));
    assert!(said(1, 3, false).starts_with("menunggu saksi: 1 dari 3 saksi"));
    assert!(said(2, 3, true).starts_with("2 dari 3 saksi"));
}

#[test]
fn an_address_that_fits_into_no_code_is_an_error() {
    let long = format!("https://{}.example", "x".repeat(5_000));
    let certificate = Certificate { public_address: &long, ..certificate() };
    assert!(matches!(certificate.pdf(), Err(CertificateError::Qr(_))));
}

#[test]
fn digests_are_grouped_for_the_eye() {
    assert_eq!(grouped(&Digest::of(b"")).split(' ').map(str::len).collect::<Vec<_>>(), [8; 8]);
    assert_eq!(domain("https://arsip.example:8080/x"), "arsip.example:8080");
}
