//! Made documents of all kinds and eras, described. Offices, places and people are invented.

use simars_describe::describe;
use simars_record::description::REVIEW_BELOW;
use simars_record::{Description, Field, Source};

fn value<T: Clone>(field: &Option<Field<T>>) -> Option<T> {
    field.as_ref().map(|field| field.value.clone())
}

/// Kind, number, year, title, date, place: what a test compares.
fn short(description: &Description) -> [String; 6] {
    let text = |field: &Option<Field<String>>| value(field).unwrap_or_default();
    [
        text(&description.kind),
        text(&description.number),
        value(&description.year).map_or(String::new(), |year| year.to_string()),
        text(&description.title),
        value(&description.date).map_or(String::new(), |date| date.to_string()),
        text(&description.place),
    ]
}

/// Every piece of evidence is what stands at its place.
fn check_evidence(pages: &[&str], description: &Description) {
    let evidence = [
        description.kind.as_ref().map(|field| &field.evidence),
        description.number.as_ref().map(|field| &field.evidence),
        description.year.as_ref().map(|field| &field.evidence),
        description.title.as_ref().map(|field| &field.evidence),
        description.date.as_ref().map(|field| &field.evidence),
        description.place.as_ref().map(|field| &field.evidence),
        description.signatory.as_ref().map(|field| &field.evidence),
        description.issuer.as_ref().map(|field| &field.evidence),
    ];
    for evidence in evidence.into_iter().flatten().flatten() {
        let page = pages[evidence.page as usize - 1];
        let passage = page.get(evidence.start as usize..evidence.end as usize);
        assert_eq!(passage, Some(evidence.text.as_str()));
        assert!(!evidence.text.is_empty());
    }
}

fn described(pages: &[&str]) -> Description {
    let description = describe(pages, "scan.pdf", None);
    check_evidence(pages, &description);
    description
}

const DECISION: &str = "\
                                   SALINAN

           KOMISI PEMILIHAN UMUM
              PROVINSI CONTOH

   KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH
                 {number}
                    TENTANG
     PENETAPAN JADWAL SAMPEL SELEKSI PENYELENGGARA
         KEGIATAN CONTOH TAHUN 2031

   KETUA KOMISI PEMILIHAN UMUM PROVINSI CONTOH,

Menimbang : a. bahwa untuk contoh perlu menetapkan Keputusan
               Komisi Pemilihan Umum Provinsi Contoh;
Mengingat : 1. Undang-Undang Nomor 99 Tahun 2030 tentang Sampel;
            2. Peraturan Komisi Pemilihan Umum Nomor 98 Tahun 2030
               tentang Contoh;
                    MEMUTUSKAN:
Menetapkan : KEPUTUSAN KOMISI PEMILIHAN UMUM TENTANG CONTOH.
KESATU     : Menetapkan jadwal sampel.
";

const CLOSING: &str = "
                         Ditetapkan di Kota Sampel
                         pada tanggal 20 Mei 2024
                         KETUA KOMISI PEMILIHAN UMUM
                         PROVINSI CONTOH,

                                ttd.

                         BUDI SAMPEL
Salinan sesuai dengan aslinya
";

#[test]
fn decisions_of_three_eras() {
    let title = "PENETAPAN JADWAL SAMPEL SELEKSI PENYELENGGARA KEGIATAN CONTOH TAHUN 2031";
    for (written, number, year) in [
        ("NOMOR 12 TAHUN 2024", "12", "2024"),
        ("NOMOR : 7/HK.03.1-Kpt/99/Prov/V/2024", "7/HK.03.1-Kpt/99/Prov/V/2024", "2024"),
        ("NOMOR: 7 / HK.03.1 - Kpt / 99 / 2024", "7/HK.03.1-Kpt/99/2024", "2024"),
        ("Nomor : 15/Kpts/KPU-Prov-099/TAHUN 2024", "15/Kpts/KPU-Prov-099/TAHUN 2024", "2024"),
        ("No. 15/Kpts/KPU-Prov-099/2024", "15/Kpts/KPU-Prov-099/2024", "2024"),
        ("7/HK.03.1-Kpt/99/Prov/V/2024", "7/HK.03.1-Kpt/99/Prov/V/2024", "2024"),
    ] {
        let page = DECISION.replace("{number}", written);
        let pages = [page.as_str(), CLOSING];
        let description = described(&pages);
        assert_eq!(
            short(&description),
            ["keputusan", number, year, title, "2024-05-20", "Kota Sampel"],
            "{written}"
        );
        assert_eq!(value(&description.signatory).as_deref(), Some("BUDI SAMPEL"));
        let issuer = "Komisi Pemilihan Umum Provinsi Contoh";
        assert_eq!(value(&description.issuer).as_deref(), Some(issuer));
        assert!(description.fields_to_review().is_empty());
        assert!(description.number.unwrap().confidence >= 0.95);
        assert_eq!(description.subject, None);
    }
}

#[test]
fn misread_numbers_keep_what_stood_there_and_lose_confidence() {
    let page = DECISION.replace("{number}", "NOMOR l2 TAHUN 2O24");
    let description = described(&[&page]);
    assert_eq!(value(&description.number).as_deref(), Some("12"));
    let year = description.year.unwrap();
    assert_eq!((year.value, year.confidence < 0.95), (2024, true));
    assert_eq!(year.evidence.unwrap().text, "2O24");
    // Letters only: it could be a Roman numeral as well.
    let page = DECISION.replace("{number}", "NOMOR l TAHUN 2024");
    let number = described(&[&page]).number.unwrap();
    assert_eq!(number.value, "1");
    assert!(number.confidence < REVIEW_BELOW);
    // Slashes that were read as another letter.
    let page = DECISION.replace("{number}", "NOMOR 4 jpl.01.5-kptj9913jkpu-kabjxj2018");
    let number = described(&[&page]).number.unwrap();
    assert_eq!(number.value, "4/pl.01.5-kpt/9913/kpu-kab/x/2018");
    assert!(number.confidence < REVIEW_BELOW);
}

#[test]
fn a_regulation_that_amends_another() {
    let page = "PRESIDEN\nREPUBLIK INDONESIA\nUNDANG-UNDANG REPUBLIK INDONESIA\nNOMOR 91 TAHUN 2031\n\
                TENTANG\nPERUBAHAN KEDUA ATAS UNDANG-UNDANG NOMOR 97 TAHUN 2026\nTENTANG CONTOH (SAMPEL)\n\
                DENGAN RAHMAT TUHAN YANG MAHA ESA\nPRESIDEN REPUBLIK INDONESIA,\nMenimbang : a. bahwa";
    let closing = "Disahkan di Contoh\npada tanggal 29 Pebruari 2032\nPRESIDEN REPUBLIK INDONESIA,\nttd\nSAMPEL CONTOH\n\
                   Diundangkan di Contoh\npada tanggal 1 Maret 2032\n";
    let annex =
        "LAMPIRAN\nUNDANG-UNDANG REPUBLIK INDONESIA\nNOMOR 91 TAHUN 2031\nTENTANG\nCONTOH\n";
    let description = described(&[page, closing, "PENJELASAN", annex]);
    let title = "PERUBAHAN KEDUA ATAS UNDANG-UNDANG NOMOR 97 TAHUN 2026 TENTANG CONTOH (SAMPEL)";
    let expected = ["undang-undang", "91", "2031", title, "2032-02-29", "Contoh"];
    assert_eq!(short(&description), expected);
    assert_eq!(value(&description.issuer).as_deref(), Some("Presiden Republik Indonesia"));
}

#[test]
fn kinds_and_their_issuers() {
    for (heading, kind, issuer) in [
        (
            "PERATURAN MENTERI CONTOH DAN SAMPEL REPUBLIK INDONESIA",
            "peraturan-menteri",
            "Menteri Contoh dan Sampel Republik Indonesia",
        ),
        ("PERATURAN KEPALA BADAN CONTOH", "peraturan-badan", "Badan Contoh"),
        ("PERATURAN OTORITAS JASA KEUANGAN", "peraturan-ojk", "Otoritas Jasa Keuangan"),
        ("PERATURAN KOMISI PEMILIHAN UMUM", "peraturan-kpu", "Komisi Pemilihan Umum"),
        ("PERATURAN PEMERINTAH PENGGANTI UNDANG-UNDANG", "perppu", "Presiden Republik Indonesia"),
        ("PERATURAN GUBERNUR CONTOH", "peraturan-gubernur", "Gubernur Contoh"),
        ("K E P U T U S A N\nBUPATI CONTOH", "keputusan-bupati", "Bupati Contoh"),
        ("PERATURAN PEMERI NTAH", "peraturan-pemerintah", "Presiden Republik Indonesia"),
        ("KEPUTUSAN BERSAMA MENTERI CONTOH", "keputusan-bersama", "Menteri Contoh"),
    ] {
        let page = format!("{heading}\nNOMOR 5 TAHUN 2031\nTENTANG\nHAL CONTOH\nMenimbang : a.");
        let description = described(&[&page]);
        assert_eq!(value(&description.kind).as_deref(), Some(kind), "{heading}");
        assert_eq!(value(&description.issuer).as_deref(), Some(issuer), "{heading}");
        assert_eq!(value(&description.title).as_deref(), Some("HAL CONTOH"), "{heading}");
    }
}

#[test]
fn minutes_have_their_date_in_words() {
    let page = "KOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\n\nBERITA ACARA\nNOMOR : 238/PL.01-BA/99/2024\nTENTANG\n\
                REKAPITULASI SAMPEL\n\nPada hari ini, Senin tanggal dua puluh bulan Mei tahun dua ribu dua puluh empat, \
                bertempat di Kantor Contoh, telah dilaksanakan rapat.";
    let description = described(&[page]);
    let expected =
        ["berita-acara", "238/PL.01-BA/99/2024", "2024", "REKAPITULASI SAMPEL", "2024-05-20", ""];
    assert_eq!(short(&description), expected);
    let issuer = description.issuer.unwrap().value;
    assert_eq!(issuer, "Komisi Pemilihan Umum Provinsi Contoh");
}

#[test]
fn letters_have_labelled_lines() {
    let page = "KOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\nJalan Sampel 1\n\n\
                Nomor    : 31/PL.01-SD/99/2024              Kota Sampel, 20 Mei 2024\n\
                Sifat    : Biasa\nLampiran : -\nPerihal  : Permintaan Data Contoh\n\nYth. Kepala Badan Sampel\n\n\
                Sehubungan dengan Undang-Undang Nomor 99 Tahun 2030, disampaikan.";
    let description = described(&[page]);
    let expected = [
        "surat",
        "31/PL.01-SD/99/2024",
        "2024",
        "Permintaan Data Contoh",
        "2024-05-20",
        "Kota Sampel",
    ];
    assert_eq!(short(&description), expected);
}

#[test]
fn a_circular_with_a_subject_in_capitals() {
    for first in ["Yth.\n1. Kepala Bagian", "1.\nUmum"] {
        let page = format!(
            "SURAT EDARAN\nNOMOR 3 TAHUN 2024\nTENTANG\nTATA TERTIB CONTOH\n\n{first}\nSehubungan dengan hal itu"
        );
        let closing = "Ditetapkan di Sampel\npada tanggal 2 Mei 2024\n";
        let description = described(&[&page, closing]);
        let expected = ["surat-edaran", "3", "2024", "TATA TERTIB CONTOH", "2024-05-02", "Sampel"];
        assert_eq!(short(&description), expected, "{first}");
    }
}

#[test]
fn an_annex_alone_is_doubtful() {
    let page = "LAMPIRAN II\nKEPUTUSAN BUPATI CONTOH\nNOMOR 4 TAHUN 2031\nTENTANG\nSAMPEL\n\nTabel";
    let description = described(&[page]);
    let number = description.number.unwrap();
    assert_eq!(number.value, "4");
    assert!(number.confidence < REVIEW_BELOW);
}

#[test]
fn a_cover_and_a_blank_page_before_the_head() {
    let page = DECISION.replace("{number}", "NOMOR 12 TAHUN 2024");
    let description = described(&["", "  \n", "JARINGAN DOKUMENTASI CONTOH", &page]);
    let number = description.number.unwrap();
    assert_eq!((number.value.as_str(), number.evidence.unwrap().page), ("12", 4));
}

#[test]
fn a_report_is_not_the_decision_bound_in_it() {
    let page = DECISION.replace("{number}", "NOMOR 12 TAHUN 2024");
    let description = described(&["LAPORAN KINERJA CONTOH\nTAHUN 2031\n", &page]);
    assert_eq!(value(&description.kind).as_deref(), Some("laporan"));
    assert_eq!(description.number, None);
    assert_eq!(value(&description.title).as_deref(), Some("LAPORAN KINERJA CONTOH TAHUN 2031"));
}

#[test]
fn a_catalogue_of_acts_is_none_of_them() {
    let page = "KATALOG PERATURAN CONTOH\nTAHUN 2001 - 2012\n\nNO. TENTANG SUMBER\nUU\n1 No. 1 Tahun 2001 Sampel\n\
                UNDANG-UNDANG No. 2 Tahun 2002\n";
    let description = described(&[page]);
    assert_eq!(value(&description.kind).as_deref(), Some("publikasi"));
    assert_eq!(description.number, None);
    let title = value(&description.title).unwrap();
    assert!(title.starts_with("KATALOG PERATURAN CONTOH TAHUN 2001"), "{title}");
}

#[test]
fn cited_acts_are_never_the_documents_own() {
    for page in [
        "Menimbang : bahwa\nMengingat : 1. UNDANG-UNDANG NOMOR 7 TAHUN 2017 TENTANG CONTOH;",
        "Pasal 5\nKeputusan Komisi Contoh Nomor 4 Tahun 2020 tentang Sampel dicabut.",
        "Keputusan ini mengubah Keputusan Contoh Nomor 4 Tahun 2020 tentang Sampel.",
        "MEMUTUSKAN:\nMenetapkan : UNDANG-UNDANG TENTANG PERUBAHAN ATAS UNDANG-UNDANG NOMOR 95 TAHUN 2029 TENTANG SAMPEL",
        "surat Menteri Contoh tanggal 8 Mei 2031 No. 99/M/Sampel;\nMengingat",
    ] {
        let description = described(&[page]);
        assert_eq!(description.number, None, "{page}");
    }
}

#[test]
fn the_file_fills_only_what_the_text_does_not_say() {
    let blank = describe(&[""], "UU Nomor 7 Tahun 2017.pdf", Some("Judul dari berkas"));
    let number = blank.number.clone().unwrap();
    assert_eq!((number.value.as_str(), number.source), ("7", Source::File));
    assert!(number.confidence <= 0.6);
    assert_eq!(blank.title.unwrap().value, "Judul dari berkas");
    assert_eq!(blank.date, None);

    let page = DECISION.replace("{number}", "NOMOR 12 TAHUN 2024");
    let full = describe(&[&page], "UU Nomor 7 Tahun 2017.pdf", Some("Judul lain"));
    assert_eq!(full.number.unwrap().value, "12");
    assert_eq!(full.kind.unwrap().source, Source::Text);

    let nothing = describe(&[], "", None);
    let rules = simars_describe::RULES;
    assert_eq!(nothing, Description { rules, ..Description::default() });
}

#[test]
fn lost_line_ends() {
    let page = "SALINAN UNDANG-UNDANG REPUBLIK INDONESIA NOMOR 40 TAHUN 2031 TENTANG HAL CONTOH DENGAN RAHMAT \
                TUHAN YANG MAHA ESA PRESIDEN REPUBLIK INDONESIA, Menimbang : a. bahwa. Disahkan di Contoh pada \
                tanggal 3 Maret 2031 ttd SAMPEL";
    let description = described(&[page]);
    let expected = ["undang-undang", "40", "2031", "HAL CONTOH", "2031-03-03", "Contoh"];
    assert_eq!(short(&description), expected);
}

#[test]
fn a_date_far_from_the_number_goes_to_review() {
    let page = DECISION.replace("{number}", "NOMOR 12 TAHUN 2014");
    let description = described(&[&page, CLOSING]);
    assert!(description.fields_to_review().contains(&"date"));
}

#[test]
fn a_disturbed_head() {
    let rest = "Menimbang : bahwa perlu;\nMengingat : 1. Hal;\nMEMUTUSKAN:\nIsi.\n";
    let title = |page: &str| {
        let page = format!("{page}{rest}");
        described(&[&page]).title.map(|field| field.value)
    };
    let some = |text: &str| Some(text.to_owned());
    // The labels of the left column were read first; the office stands without a comma.
    let head = "Menimbang\nMengingat\nPERATURAN DIREKTUR JENDERAL CONTOH\nNOMOR 3 TAHUN 2009\nTENTANG\n\
                TATA LAKSANA SAMPEL\n1\nDIREKTUR JENDERAL CONTOH\n";
    assert_eq!(title(head), some("TATA LAKSANA SAMPEL"));
    // After the blessing it is part of the title.
    let head = "KEPUTUSAN KOMISI CONTOH\nNOMOR 3 TAHUN 2009\nTENTANG\nTATA KERJA\nKOMISI CONTOH\n\
                DENGAN RAHMAT TUHAN YANG MAHA ESA\nKETUA KOMISI CONTOH,\n";
    assert_eq!(title(head), some("TATA KERJA KOMISI CONTOH"));
    // So it is before the office with its comma.
    let head = "KEPUTUSAN KOMISI CONTOH\nNOMOR 3 TAHUN 2009\nTENTANG\nTATA KERJA\nKOMISI CONTOH\n\
                KETUA KOMISI CONTOH,\n";
    assert_eq!(title(head), some("TATA KERJA KOMISI CONTOH"));
    // The number ran into its label.
    let head = "PERATURAN DIREKTUR JENDERAL CONTOH\nNOMORIMI, 32, GR TAHUN 2009\nTENTANG\n\
                TATA LAKSANA SAMPEL\nSALINAN\nDIREKTUR JENDERAL CONTOH,\n";
    assert_eq!(title(head), some("TATA LAKSANA SAMPEL"));
}
