//! Made decisions and what they do to other acts.

use simars_record::RelationKind::{Amends, Annexes, Cites, Implements, Revokes};
use simars_record::{Description, RelationKind};

const HEAD: &str = "KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH\nNOMOR 7 TAHUN 2022\nTENTANG\n";
const CLOSING: &str = "Ditetapkan di Contohraja\npada tanggal 21 Februari 2022\nKETUA,\nttd\n";

/// A decision with this title, these recitals and this dictum.
fn decision(title: &str, recitals: &str, dictum: &str) -> Description {
    let page = format!(
        "{HEAD}{title}\nKETUA KOMISI PEMILIHAN UMUM PROVINSI CONTOH,\n{recitals}\n\
         MEMUTUSKAN:\nMenetapkan : KEPUTUSAN TENTANG HAL.\n{dictum}\n{CLOSING}"
    );
    crate::describe(&[&page], "", None)
}

/// What it does, to which number of which year, and whether in part.
fn acts(description: &Description) -> Vec<(RelationKind, String, bool)> {
    let relations = description.relations.iter();
    let short = |relation: &simars_record::Relation| {
        let year = relation.target.year.map(|year| format!("/{year}")).unwrap_or_default();
        (relation.kind, format!("{}{year}", relation.target.number), relation.in_part)
    };
    relations.map(short).collect()
}

fn whole(kind: RelationKind, act: &str) -> (RelationKind, String, bool) {
    (kind, act.to_owned(), false)
}

fn part(kind: RelationKind, act: &str) -> (RelationKind, String, bool) {
    (kind, act.to_owned(), true)
}

const RECITALS: &str = "Menimbang : a. bahwa perlu;\n\
    Mengingat : 1. Undang-Undang Nomor 14 Tahun 2008 tentang Hal (Lembaran Negara Republik \
    Indonesia Tahun 2008 Nomor 61, Tambahan Lembaran Negara Republik Indonesia Nomor 4846) \
    sebagaimana telah diubah dengan Undang-Undang Nomor 2 Tahun 2016;\n\
    2. Peraturan Pemerintah Nomor 28 Tahun 2012 tentang Pelaksanaan Undang-Undang Nomor 43 \
    Tahun 2009 tentang Kearsipan;\n";

#[test]
fn what_is_cited() {
    let found = decision("HAL CONTOH", RECITALS, "KESATU : Menetapkan hal.");
    let expected = [whole(Cites, "14/2008"), whole(Cites, "2/2016"), whole(Cites, "28/2012")];
    assert_eq!(acts(&found), expected);
    let shown = found.relations[0].evidence.as_ref().unwrap();
    assert_eq!((shown.page, shown.text.as_str()), (1, "Undang-Undang Nomor 14 Tahun 2008"));
}

#[test]
fn what_a_title_does() {
    for (title, expected) in [
        (
            "PERUBAHAN KEDUA ATAS KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH NOMOR 19 TAHUN \
             2021 TENTANG PELAKSANAAN KEPUTUSAN BERSAMA NOMOR 3 TAHUN 2020",
            whole(Amends, "19/2021"),
        ),
        (
            "PENCABUTAN KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH NOMOR \
             12/HK.03.1-Kpt/99/Prov/IX/2019 TENTANG PERUBAHAN ATAS KEPUTUSAN NOMOR 3 TAHUN 2018",
            whole(Revokes, "12/hk.03.1-kpt/99/prov/ix/2019/2019"),
        ),
        (
            "PEDOMAN TEKNIS PELAKSANAAN PERATURAN KOMISI PEMILIHAN UMUM NOMOR 3 TAHUN 2020",
            whole(Implements, "3/2020"),
        ),
    ] {
        let found = decision(title, "Menimbang : a. hal;\nMengingat : 1. hal;", "KESATU : Hal.");
        assert_eq!(acts(&found), [expected], "{title}");
    }
}

#[test]
fn what_the_dictum_revokes() {
    let revoked = |dictum: &str| acts(&decision("HAL CONTOH", "Mengingat : 1. hal;", dictum));
    assert_eq!(
        revoked(
            "KEDUA : Pada saat Keputusan ini mulai berlaku, Keputusan Komisi Pemilihan Umum \
             Provinsi Contoh Nomor 5 Tahun 2020 sebagaimana telah diubah dengan Keputusan Komisi \
             Pemilihan Umum Provinsi Contoh Nomor 8 Tahun 2021, dicabut dan dinyatakan tidak \
             berlaku."
        ),
        [whole(Revokes, "5/2020")]
    );
    assert_eq!(
        revoked(
            "KEDUA : Dengan berlakunya Keputusan ini:\n1. Keputusan Komisi Pemilihan Umum Provinsi \
             Contoh Nomor 5 Tahun 2020 tentang Hal;\n2. Keputusan Komisi Pemilihan Umum Provinsi \
             Contoh Nomor 6 Tahun 2020 tentang Perubahan atas Keputusan Nomor 5 Tahun 2020,\n\
             dinyatakan dicabut dan tidak berlaku lagi."
        ),
        [whole(Revokes, "5/2020"), whole(Revokes, "6/2020")]
    );
    assert_eq!(
        revoked(
            "KEDUA : Mencabut dan menyatakan tidak berlaku Keputusan Komisi Pemilihan Umum \
             Provinsi Contoh Nomor 5 Tahun 2020."
        ),
        [whole(Revokes, "5/2020")]
    );
    assert_eq!(
        revoked(
            "KEDUA : Dengan ditetapkannya Keputusan ini, dinyatakan tidak berlaku:\na. Keputusan \
             Komisi Pemilihan Umum Provinsi Contoh Nomor 5 Tahun 2020; dan\nb. Keputusan Komisi \
             Pemilihan Umum Provinsi Contoh Nomor 6 Tahun 2020."
        ),
        [whole(Revokes, "5/2020"), whole(Revokes, "6/2020")]
    );
}

#[test]
fn parts_and_what_is_not_revoked() {
    let revoked = |dictum: &str| acts(&decision("HAL CONTOH", "Mengingat : 1. hal;", dictum));
    assert_eq!(
        revoked(
            "KEDUA : Pada saat Keputusan ini mulai berlaku, Pasal 5 Peraturan Komisi Pemilihan \
             Umum Nomor 5 Tahun 2020 dicabut dan dinyatakan tidak berlaku."
        ),
        [part(Revokes, "5/2020")]
    );
    for nothing in [
        "KEDUA : Semua peraturan pelaksanaan dari Undang-Undang Nomor 5 Tahun 2020 dinyatakan \
         tidak berlaku.",
        "KEDUA : Peraturan Menteri Contoh Nomor 5 Tahun 2020 dinyatakan masih tetap berlaku. \
         Izin yang lama dinyatakan tidak berlaku.",
        "KEDUA : Izin yang diberikan berdasarkan Peraturan Menteri Contoh Nomor 5 Tahun 2020 \
         dinyatakan tidak berlaku.",
        "KEDUA : Peraturan Menteri Contoh Nomor 5 Tahun 2020 dipakai.\nKETIGA : Segala ketentuan \
         yang bertentangan dinyatakan tidak berlaku.",
        "KEDUA : Hal.\nLAMPIRAN\nPeraturan Menteri Contoh Nomor 5 Tahun 2020 dicabut dan \
         dinyatakan tidak berlaku.",
        "KEDUA : Keputusan Komisi Pemilihan Umum Provinsi Contoh Nomor 7 Tahun 2022 dicabut dan \
         dinyatakan tidak berlaku.",
    ] {
        assert_eq!(revoked(nothing), [], "{nothing}");
    }
}

#[test]
fn a_dictum_amends() {
    let found = decision(
        "HAL CONTOH",
        "Mengingat : 1. hal;",
        "KESATU : Ketentuan Diktum KETIGA dalam Keputusan Komisi Pemilihan Umum Provinsi Contoh \
         Nomor 19 Tahun 2021 diubah sehingga berbunyi sebagai berikut: hal.",
    );
    assert_eq!(acts(&found), [whole(Amends, "19/2021")]);
    assert_eq!(
        found.relations[0].target.issuer.as_deref(),
        Some("Komisi Pemilihan Umum Provinsi Contoh")
    );
}

#[test]
fn why_it_was_made() {
    let recitals = "Menimbang : a. bahwa untuk melaksanakan ketentuan Pasal 5 ayat (2) Peraturan \
                    Komisi Pemilihan Umum Nomor 3 Tahun 2020 tentang Hal, perlu menetapkan \
                    Keputusan tentang Perubahan atas Keputusan Nomor 1 Tahun 2000;\nMengingat : 1. hal;";
    let found = decision("HAL CONTOH", recitals, "KESATU : Hal.");
    assert_eq!(acts(&found), [whole(Implements, "3/2020")]);
}

#[test]
fn over_a_page_end() {
    let first = format!(
        "{HEAD}HAL\nKETUA KOMISI PEMILIHAN UMUM PROVINSI CONTOH,\nMengingat : 1. Peraturan \
         Pemerintah Nomor\n"
    );
    let second = "- 2 -\n28 Tahun 2012 tentang Hal;\nMEMUTUSKAN:\nMenetapkan : HAL.\nKESATU : Hal.";
    let found = crate::describe(&[&first, second], "", None);
    assert_eq!(acts(&found), [whole(Cites, "28/2012")]);
    assert_eq!(found.relations[0].evidence.as_ref().unwrap().page, 1);
}

#[test]
fn when_it_takes_effect() {
    let day = |dictum: &str| {
        let found = decision("HAL CONTOH", "Mengingat : 1. hal;", dictum);
        found.effective.map(|field| field.value.to_string())
    };
    let enacted = day("KETIGA : Keputusan ini mulai berlaku pada tanggal ditetapkan.");
    assert_eq!(enacted.as_deref(), Some("2022-02-21"));
    let named = day("KETIGA : Keputusan ini mulai berlaku pada tanggal 1 Maret 2022.");
    assert_eq!(named.as_deref(), Some("2022-03-01"));
    assert_eq!(day("KETIGA : Hal."), None);
}

#[test]
fn an_annex_and_a_letter() {
    let annex = "LAMPIRAN\nKEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH\nNOMOR 7 TAHUN 2022\n\
                 TENTANG\nHAL CONTOH\nDAFTAR\n";
    assert_eq!(acts(&crate::describe(&[annex], "", None)), [whole(Annexes, "7/2022")]);
    let letter = "KOMISI PEMILIHAN UMUM PROVINSI CONTOH\nNomor : 34/PL.01-SD/99/2024\nPerihal : \
                  Undangan\nYth. Semua\nSehubungan dengan Keputusan KPU Provinsi Contoh Nomor 12 \
                  Tahun 2024, dengan hormat.";
    assert_eq!(acts(&crate::describe(&[letter], "", None)), [whole(Cites, "12/2024")]);
}
