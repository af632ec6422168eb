//! Any text is described without panic, and all evidence is what stands at its place.

use proptest::prelude::*;
use simars_describe::{describe, reference};
use simars_record::{Description, Evidence};

fn all_evidence(description: Description) -> Vec<Evidence> {
    [
        description.kind.and_then(|field| field.evidence),
        description.number.and_then(|field| field.evidence),
        description.year.and_then(|field| field.evidence),
        description.title.and_then(|field| field.evidence),
        description.date.and_then(|field| field.evidence),
        description.place.and_then(|field| field.evidence),
        description.signatory.and_then(|field| field.evidence),
        description.issuer.and_then(|field| field.evidence),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn check(pages: &[&str], file_name: &str) {
    for evidence in all_evidence(describe(pages, file_name, None)) {
        let page = pages[evidence.page as usize - 1];
        let passage = page.get(evidence.start as usize..evidence.end as usize);
        assert_eq!(passage, Some(evidence.text.as_str()));
    }
    for page in pages {
        for found in reference::references_in(page) {
            assert!(page.get(found.start..found.end).is_some_and(|mention| !mention.is_empty()));
        }
    }
}

const WHOLE: &str = "SALINAN\nKOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\nKEPUTUSAN KOMISI PEMILIHAN UMUM \
PROVINSI CONTOH\nNOMOR : 7/HK.03.1-Kpt/99/Prov/V/2024\nTENTANG\nSAMPEL\nKETUA KOMISI PEMILIHAN UMUM,\n\
Menimbang : a. bahwa Undang-Undang Nomor 9 Tahun 2030;\nMEMUTUSKAN:\nKESATU : contoh\n\
Ditetapkan di Sampel\npada tanggal 20 Mei 2024\nKETUA,\nttd\nBUDI SAMPEL\nNomor : 1/X-BA/2\nHal : Y\n\
Pada hari ini, Senin tanggal dua puluh bulan Mei tahun dua ribu dua puluh empat\nSampel, 1 Mei 2024\n";

/// The decision with pieces taken out, doubled and replaced.
fn mutated() -> impl Strategy<Value = String> {
    let change = (0..WHOLE.len(), 0usize..40, "\\PC{0,4}|\n|\t| {1,6}|O|l|\u{ad}|é");
    prop::collection::vec(change, 0..12).prop_map(|changes| {
        let mut text = WHOLE.to_owned();
        for (at, length, replacement) in changes {
            let start = text.floor_char_boundary(at.min(text.len()));
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, &replacement);
        }
        text
    })
}

proptest! {
    #[test]
    fn arbitrary_pages(pages in prop::collection::vec(any::<String>(), 0..4), file_name: String) {
        let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
        check(&pages, &file_name);
    }

    #[test]
    fn mutated_decisions(first in mutated(), second in mutated()) {
        check(&[&first, &second], "a.pdf");
    }

    #[test]
    fn pieces_in_any_order(
        text in "(KEPUTUSAN|NOMOR|TENTANG|UNDANG-UNDANG|Ditetapkan di|tanggal|1 Mei 2020|[0-9]{1,4}|/|TAHUN|\n|  | |é|\u{a0}|LAMPIRAN|KETUA,|ttd|Hal :|Nomor :|Tanggal : 1 Mei 2020|LAPORAN|# Panduan|Diterbitkan oleh Komisi Contoh|Contoh, 1 Mei 2020|2020|Mei 2020|BUDI SAMPEL|BERITA ACARA){0,40}"
    ) {
        check(&[&text, &text], &text);
    }
}
