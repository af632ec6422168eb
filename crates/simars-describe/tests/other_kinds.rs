//! Made documents that are not enacted, described: minutes, letters, reports, books. Offices,
//! places and people are invented.

use simars_describe::describe;
use simars_record::description::REVIEW_BELOW;
use simars_record::{Description, Field};

/// A value that is sure enough not to be put before a person.
fn sure(field: &Option<Field<String>>) -> &str {
    let sure = field.as_ref().filter(|field| field.confidence >= REVIEW_BELOW);
    sure.map_or("", |field| field.value.as_str())
}

fn date(description: &Description) -> String {
    description.date.as_ref().map_or(String::new(), |date| date.value.to_string())
}

fn described(pages: &[&str]) -> Description {
    describe(pages, "scan.pdf", None)
}

const BODY: &str = "Komisi Pemilihan Umum Provinsi Contoh";

#[test]
fn minutes_with_their_title_before_the_number() {
    let page = "KOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\nBERITA ACARA SERAH TERIMA BARANG\n\
                NOMOR 22/TU.05-BA/99/2024\nPada hari ini Senin tanggal dua puluh bulan Mei tahun dua ribu dua \
                puluh empat, bertempat\ndi Gedung Lain, telah diserahkan barang.\n\
                Kota Lain, 3 Januari 2024 adalah tanggal daftarnya.\n\
                Kota Sampel, 20 Mei 2024\nKETUA KOMISI PEMILIHAN UMUM\nPROVINSI CONTOH,\nttd\nBUDI SAMPEL\n\
                1. Siti Sampel ttd\n";
    let found = described(&[page]);
    assert_eq!(sure(&found.title), "SERAH TERIMA BARANG");
    assert_eq!(date(&found), "2024-05-20");
    let evidence = found.date.as_ref().unwrap().evidence.as_ref().unwrap();
    assert!(evidence.text.starts_with("dua puluh bulan Mei"), "{}", evidence.text);
    assert_eq!(sure(&found.place), "Kota Sampel");
    assert_eq!(sure(&found.signatory), "BUDI SAMPEL");
}

#[test]
fn an_office_before_the_number_is_no_title() {
    let page = "BERITA ACARA KOMISI PEMILIHAN UMUM PROVINSI CONTOH\nNOMOR 3/PL.01-BA/99/2024\nPada hari ini";
    let found = described(&[page]);
    assert_eq!(sure(&found.title), "");
    assert_eq!(sure(&found.issuer), BODY);
    let page = "PENGUMUMAN DIREKTUR JENDERAL SAMPEL\nNOMOR 3/PL.01-Pu/99/2024\nDiumumkan";
    assert_eq!(sure(&described(&[page]).title), "");
}

#[test]
fn a_letter_with_its_date_under_the_subject() {
    let page = "KOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\nNomor : 31/PL.01-SD/99/2024\nHal : Permintaan Data\n\
                Kota Sampel, 20 Mei 2024\nYth. Kepala Badan\nDengan hormat, disampaikan.\nKETUA,\n\nttd\n\n\
                BUDI SAMPEL\nTembusan:\n";
    let found = described(&[page]);
    assert_eq!(sure(&found.title), "Permintaan Data");
    assert_eq!((date(&found).as_str(), sure(&found.place)), ("2024-05-20", "Kota Sampel"));
    assert_eq!(sure(&found.signatory), "BUDI SAMPEL");
}

#[test]
fn a_note_with_a_labelled_date() {
    let page = "SEKRETARIAT\nKOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\nNOTA DINAS\nNOMOR 5/TU-ND/99/2024\n\
                Yth. : Ketua\nHal : Rapat\nTanggal : 20 Mei 2024\nDiundang pada tanggal 27 Mei 2024.\n\
                Kepala Subbagian Umum,\nttd\nBUDI SAMPEL\n";
    let found = described(&[page]);
    assert_eq!((date(&found).as_str(), sure(&found.signatory)), ("2024-05-20", "BUDI SAMPEL"));
    assert_eq!(sure(&found.issuer), "Sekretariat Komisi Pemilihan Umum Provinsi Contoh");
}

#[test]
fn the_secretary_issues_decisions_of_his_own() {
    let page = "KEPUTUSAN SEKRETARIS KOMISI PEMILIHAN UMUM PROVINSI CONTOH\nNOMOR 3 TAHUN 2025\nTENTANG\n\
                HAL CONTOH\nMenimbang : a.";
    let found = described(&[page]);
    assert_eq!(sure(&found.issuer), format!("Sekretaris {BODY}"));
    let chair = page.replace("SEKRETARIS", "KETUA");
    assert_eq!(sure(&described(&[&chair]).issuer), BODY);
}

#[test]
fn a_report_with_a_footer_on_its_cover() {
    let cover = "LAPORAN KEGIATAN SAMPEL\nTAHUN 2024\nSAMPEL - MILIK NEGARA\nNomor 58/PY.01-LP/99/2024\n\
                 KOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\nKOTA SAMPEL\n2024\nSAMPEL - MILIK NEGARA\n";
    let next = "- 2 -\nKATA PENGANTAR\nKota Lain\nSAMPEL - MILIK NEGARA\n";
    let found = described(&[cover, next]);
    assert_eq!(sure(&found.title), "LAPORAN KEGIATAN SAMPEL TAHUN 2024");
    assert_eq!(sure(&found.number), "58/PY.01-LP/99/2024");
    assert_eq!((sure(&found.issuer), sure(&found.place)), (BODY, "Kota Sampel"));
}

#[test]
fn a_number_of_another_kind_in_a_report_is_not_its_own() {
    let cover = "LAPORAN TAHUN 2024\nNomor 58/PY.01-Kpt/99/2024\nSampel\n";
    assert_eq!(described(&[cover]).number, None);
}

#[test]
fn periodicals_and_guides() {
    let page =
        format!("BULETIN SAMPEL\nNomor 4 – Desember 2023 – diterbitkan oleh {BODY}\nBerita\n");
    let found = described(&[&page]);
    assert_eq!((sure(&found.kind), sure(&found.number)), ("publikasi", "4"));
    assert_eq!(found.year.unwrap().value, 2023);
    assert_eq!(found.date, None);
    assert_eq!(sure(&found.issuer), BODY);

    let page = format!("## Panduan Contoh\n\nDiterbitkan oleh {BODY}, 2024.\n\n## Isi\n");
    let found = described(&[&page]);
    assert_eq!(found.kind.unwrap().value, "publikasi");
    assert_eq!(found.title.unwrap().value, "Panduan Contoh");
    assert_eq!((sure(&found.issuer), found.year.unwrap().value), (BODY, 2024));
}
