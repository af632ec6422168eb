//! Writes the certificate and the strip of the examples into a folder, to be looked at:
//! `cargo run -p simars-certificate --example show -- FOLDER`.

use std::path::Path;
use std::process::ExitCode;

use simars_certificate::{Certificate, Checkpoint, Foot, Standing, Witnesses};
use simars_record::{Digest, DocumentId, Timestamp};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else { return ExitCode::from(2) };
    let (id, sha256) = (DocumentId::from_bytes([3; 16]), Digest::of(b"penetapan"));
    let certificate = Certificate {
        office: "Komisi Pemilihan Umum Provinsi Contoh",
        office_en: "General Election Commission of Contoh Province",
        public_address: "https://arsip.example",
        id,
        sha256,
        index: 3,
        title: "Penetapan Perolehan Kursi Partai Politik Peserta Pemilihan Umum Anggota Dewan \
                Perwakilan Rakyat Daerah Provinsi Contoh Tahun 2024",
        number: Some("12/PL.01.9-Kpt/52/2024"),
        date: Some("2 Mei 2024"),
        pages: 14,
        size_bytes: 1_234_567,
        published: Some("24 November 2026, 08.33 UTC"),
        standing: Standing::Current,
        as_of: Timestamp::from_unix(1_795_509_180),
        as_of_words: "24 November 2026, 08.33 UTC",
        checkpoint: Checkpoint {
            origin: "arsip.example/log",
            size: 21_403,
            root: Digest::of(b"akar"),
        },
        witnesses: Witnesses { seen: 1, known: 3, enough: false },
        proof: "c2sp.org/tlog-proof@v1\n",
    };
    let foot = Foot {
        office: certificate.office,
        public_address: certificate.public_address,
        id,
        sha256,
        version: 1,
    };
    let files = [("certificate.pdf", certificate.pdf()), ("foot.pdf", foot.pdf())];
    let written = files.into_iter().all(|(name, pdf)| {
        pdf.is_ok_and(|pdf| std::fs::write(Path::new(&folder).join(name), pdf).is_ok())
    });
    if written { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
