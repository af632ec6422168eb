//! How often a suggested code is right, beside how sure it says it is: on the samples that have a
//! code, and on made titles as offices write them, against the demonstration scheme.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use simars_describe::classify::{Classifier, Subject};
use simars_record::Code;

const SCHEME: &str = include_str!("../../../samples/jadwal-contoh.csv");

/// Code, number, title: the samples that say what they are classified as, with their texts left
/// out, then made documents without a code in their number.
const CASES: [(&str, &str, &str); 72] = [
    (
        "PP.05",
        "14/Kpts/KPU-Prov-099/2012",
        "Pedoman Teknis Pembentukan dan Tata Kerja Panitia Pemilihan Kecamatan dan Panitia Pemungutan Suara dalam Pemilihan Umum Gubernur dan Wakil Gubernur Contoh Tahun 2013",
    ),
    (
        "PL.01.2",
        "21/Kpts/KPU-Prov-099/2014",
        "Penetapan Rekapitulasi Daftar Pemilih Khusus Provinsi Contoh dalam Pemilihan Umum Tahun 2014",
    ),
    (
        "HK.03.1",
        "12/HK.03.1-Kpt/99/Prov/IX/2019",
        "Standar Layanan Informasi Publik dan Peminjaman Arsip di Lingkungan Komisi Pemilihan Umum Provinsi Contoh",
    ),
    (
        "HK.03.1",
        "7",
        "Pencabutan Keputusan Komisi Pemilihan Umum Provinsi Contoh Nomor 12/HK.03.1-Kpt/99/Prov/IX/2019 tentang Standar Layanan Informasi Publik dan Peminjaman Arsip",
    ),
    (
        "HK.03.1",
        "34",
        "Perubahan atas Keputusan Komisi Pemilihan Umum Provinsi Contoh Nomor 19 Tahun 2023 tentang Pembentukan Tim Penilai Arsip",
    ),
    (
        "PL.01.9",
        "457",
        "Penetapan Perolehan Kursi Partai Politik Peserta Pemilihan Umum Anggota Dewan Perwakilan Rakyat Daerah Provinsi Contoh Tahun 2024",
    ),
    ("PL.01.4", "340/PL.01.4-SD/99/2023", "Klarifikasi Data Calon"),
    ("PY.01.3", "3", "Penyimpanan Formulir Hasil Pemungutan Suara"),
    ("PY.01.3", "58/PY.01.3-LP/99/2024", "Laporan Pengelolaan Arsip Pemilihan Umum Tahun 2024"),
    ("PP.06", "", "Modul Pendidikan Pemilih untuk Kelas dan Komunitas"),
    ("PP.08", "6/Kpts/KPU-Prov-099/2009", "Penetapan Lokasi Gudang Penyimpanan Logistik"),
    ("HK.03.1", "30/HK.03.1-Kpt/99/Prov/V/2021", "Kode Etik Petugas Layanan Arsip"),
    (
        "HK.03.1",
        "88",
        "Pedoman Teknis Pengelolaan Arsip Digital di Lingkungan Komisi Pemilihan Umum Provinsi Contoh",
    ),
    ("PP.01", "4", "Jadwal Tahapan Pemilihan Gubernur Contoh"),
    ("PP.01", "", "Rencana program kerja tahapan tahun depan"),
    ("PP.02", "", "Usulan anggaran tahapan pemilihan kepala daerah"),
    ("PP.02", "", "Rincian anggaran biaya kegiatan tahapan"),
    ("PP.05", "", "Pelantikan panitia pemilihan kecamatan se-kabupaten contoh"),
    ("PP.05", "", "Honorarium dan masa kerja badan ad hoc"),
    ("PP.06", "", "Kegiatan sosialisasi di sekolah menengah"),
    ("PP.06", "", "Pembentukan relawan demokrasi"),
    ("PP.08", "", "Berita acara penerimaan kotak suara"),
    ("PP.08", "", "Distribusi surat suara ke kecamatan"),
    ("PL.01.1", "", "Hasil verifikasi faktual partai politik calon peserta"),
    ("PL.01.1", "", "Pendaftaran partai politik peserta pemilihan"),
    ("PL.01.2", "", "Daftar pemilih tetap tingkat provinsi"),
    ("PL.01.2", "", "Pemutakhiran data pemilih berkelanjutan triwulan kedua"),
    ("PL.01.4", "", "Penerimaan berkas pencalonan anggota dewan"),
    ("PL.01.4", "", "Permintaan perbaikan syarat calon"),
    ("PL.01.5", "", "Laporan penerimaan dana kampanye"),
    ("PL.01.5", "", "Lokasi pemasangan alat peraga kampanye"),
    ("PL.01.8", "", "Rekapitulasi hasil penghitungan perolehan suara tingkat kabupaten"),
    ("PL.01.8", "", "Sertifikat hasil penghitungan suara di tempat pemungutan suara"),
    ("PL.01.9", "", "Calon terpilih anggota dewan perwakilan rakyat daerah"),
    ("PL.01.9", "", "Penetapan kursi hasil pemilihan"),
    ("PY.01.1", "", "Evaluasi tahapan penyelenggaraan pemilihan"),
    ("PY.01.1", "", "Rapat evaluasi pelaksanaan pemilihan"),
    ("PY.01.3", "", "Pendokumentasian formulir model C hasil"),
    ("HK.03.1", "", "Keputusan komisi tentang tata kerja sekretariat bersama"),
    ("HK.03.1", "", "Pedoman pengelolaan media sosial"),
    ("HK.03.2", "", "Tata tertib ruang baca"),
    ("HK.03.2", "", "Keputusan sekretaris tentang tim kerja"),
    ("HK.07", "", "Jawaban atas gugatan sengketa hasil"),
    ("HK.07", "", "Putusan perkara perselisihan hasil pemilihan"),
    ("TU.01", "", "Surat pengantar pengiriman dokumen"),
    ("TU.01", "", "Agenda surat masuk bulan Maret"),
    ("TU.04", "", "Formulir peminjaman arsip oleh peneliti"),
    ("TU.04", "", "Kunjungan ke ruang baca"),
    ("TU.05.1", "", "Daftar arsip inaktif yang dipindahkan ke unit kearsipan"),
    ("TU.05.2", "", "Berita acara pemusnahan arsip keuangan"),
    ("TU.05.2", "", "Usul musnah arsip tahun lama"),
    ("TU.05.3", "", "Penyerahan arsip statis kepada lembaga kearsipan"),
    ("TU.06", "", "Alih media arsip kertas menjadi digital"),
    ("TU.06", "", "Pengadaan pemindai untuk digitalisasi"),
    ("PK.01", "", "Undangan rapat koordinasi persiapan"),
    ("PK.01", "", "Risalah rapat pleno bulan Mei"),
    ("PK.01", "", "Notula pertemuan mingguan"),
    ("PK.02", "", "Susunan acara kunjungan kerja tamu negara"),
    ("HM.01", "", "Buletin Suara Contoh edisi keempat"),
    ("HM.01", "", "Siaran pers hasil survei kepuasan"),
    ("HM.02", "", "Tanggapan atas permohonan informasi publik"),
    ("HM.02", "", "Pengumuman layanan daring selama libur"),
    ("HM.03", "", "Izin magang mahasiswa semester genap"),
    ("SDM.01", "", "Pengumuman hasil seleksi pegawai kontrak"),
    ("SDM.02", "", "Usul kenaikan pangkat pegawai"),
    ("SDM.03", "", "Surat tugas mengikuti bimbingan teknis"),
    ("SDM.04", "", "Permohonan cuti tahunan"),
    ("KU.01", "", "Bukti pembayaran honorarium narasumber"),
    ("KU.02", "", "Laporan keuangan semester pertama"),
    ("RT.01", "", "Perbaikan kendaraan dinas"),
    ("PW.01", "", "Tindak lanjut temuan pemeriksaan"),
    ("PW.02", "", "Pengaduan masyarakat tentang petugas"),
];

/// The codes of the scheme with what belongs there.
fn scheme() -> Vec<(Code, String)> {
    let rows = SCHEME.lines().skip(1).map(|line| {
        let (code, rest) = line.split_once(',').unwrap();
        let title = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap().0,
            None => rest.split_once(',').unwrap().0,
        };
        (code.parse().unwrap(), title.to_owned())
    });
    rows.collect()
}

/// Suggestions by how sure they say they are: so many, and so many of them right.
#[derive(Debug, Default, Clone, Copy)]
struct Bin {
    all: usize,
    right: usize,
    sure: f32,
}

#[test]
#[allow(clippy::print_stderr, reason = "the figures are told to whoever asks")]
fn what_is_sure_is_right_as_often_as_it_says() {
    let scheme = scheme();
    let classifier = Classifier::new(scheme.iter().map(|(code, title)| (code, title.as_str())));
    let mut bins = [Bin::default(); 5];
    let (mut first, mut among) = (0, 0);
    for (expected, number, title) in CASES {
        let number = Some(number).filter(|number| !number.is_empty());
        let subject = Subject { number, title: Some(title), text: "" };
        let found = classifier.suggest(&subject, &[]);
        let expected: Code = expected.parse().unwrap();
        among += usize::from(found.iter().any(|one| one.code == expected));
        let Some(best) = found.first() else { continue };
        let right = best.code == expected;
        first += usize::from(right);
        let bin = &mut bins[((best.confidence * 5.0) as usize).min(4)];
        *bin = Bin {
            all: bin.all + 1,
            right: bin.right + usize::from(right),
            sure: bin.sure + best.confidence,
        };
    }
    let told: Vec<String> = bins
        .iter()
        .filter(|bin| bin.all > 0)
        .map(|bin| {
            let all = bin.all as f32;
            format!("{:.2} sure: {} of {} right", bin.sure / all, bin.right, bin.all)
        })
        .collect();
    let cases = CASES.len();
    let all = format!("first {first}, among three {among}, of {cases}: {told:#?}");
    assert!(first * 100 >= cases * 65, "{all}");
    assert!(among * 100 >= cases * 80, "{all}");
    // The titles were written by those who wrote the scheme: it has to be careful beyond them.
    for bin in bins.iter().filter(|bin| bin.all >= 8) {
        let (right, sure) = (bin.right as f32 / bin.all as f32, bin.sure / bin.all as f32);
        assert!((-0.1..0.25).contains(&(right - sure)), "not as sure as it is right: {all}");
    }
    if std::env::var_os("SIMARS_CALIBRATION").is_some() {
        eprintln!("{all}");
    }
}
