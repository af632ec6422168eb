//! Every word that certificates and copies bear by themselves: Indonesian, and English for those
//! who do not read it.

/// A text in both languages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub(crate) id: &'static str,
    pub(crate) en: &'static str,
}

const fn words(id: &'static str, en: &'static str) -> Words {
    Words { id, en }
}

pub(crate) const TITLE: Words =
    words("Surat Keterangan Autentifikasi", "Certificate of authenticity");
/// `{index}` counts from 1.
pub(crate) const CERTIFIED: Words = words(
    "Dokumen yang diuraikan di bawah ini tercatat sebagai pernyataan ke-{index} dalam log \
     transparansi {origin}, dengan sidik jari SHA-256 yang tertulis di sini. Berkas yang sidik \
     jarinya sama adalah berkas yang dicatat itu, sampai ke bit terakhir.",
    "The document described below is recorded as statement {index} in the transparency log \
     {origin}, under the SHA-256 fingerprint given here. A file with the same fingerprint is the \
     file that was recorded, to the last bit.",
);
pub(crate) const NUMBER: Words = words("Nomor", "Number");
pub(crate) const ABOUT: Words = words("Judul", "Title");
pub(crate) const DATE: Words = words("Tanggal", "Date");
pub(crate) const EXTENT: Words = words("Panjang", "Extent");
/// `{pages}` and `{bytes}`.
pub(crate) const EXTENT_VALUE: Words =
    words("{pages} halaman, {bytes} bita", "{pages} pages, {bytes} bytes");
pub(crate) const ID: Words = words("Tanda pengenal", "Document id");
pub(crate) const FINGERPRINT: Words = words("Sidik jari SHA-256", "SHA-256 fingerprint");
pub(crate) const PUBLISHED: Words = words("Diterbitkan", "Published");
pub(crate) const STATUS: Words = words("Keadaan", "Status");
/// `{time}`.
pub(crate) const AS_OF: Words = words("per {time}", "as of {time}");
pub(crate) const CURRENT: Words = words("terbit, versi terbaru", "published, newest version");
pub(crate) const OLDER: Words = words("ada versi yang lebih baru", "a newer version is published");
pub(crate) const WITHDRAWN: Words = words("ditarik dari terbitan", "withdrawn from publication");
pub(crate) const UNPUBLISHED: Words = words("tidak diterbitkan", "not published");
pub(crate) const CHECKPOINT: Words = words("Titik periksa log", "Log checkpoint");
/// `{origin}` and `{size}`.
pub(crate) const CHECKPOINT_VALUE: Words =
    words("{origin}, {size} pernyataan", "{origin}, {size} statements");
pub(crate) const ROOT: Words = words("Akar log", "Log root");
pub(crate) const WITNESSES: Words = words("Saksi", "Witnesses");
/// `{seen}` and `{known}`.
pub(crate) const WITNESSED: Words = words(
    "{seen} dari {known} saksi telah melihat titik periksa ini",
    "{seen} of {known} witnesses have seen this checkpoint",
);
pub(crate) const WAITING: Words = words("menunggu saksi", "waiting for witnesses");
pub(crate) const NO_WITNESSES: Words =
    words("log ini belum memiliki saksi", "this log has no witnesses yet");
pub(crate) const SCAN: Words = words(
    "Pindai, lalu samakan isinya. Kode ini harus menuju",
    "Scan and compare. It must lead to",
);
pub(crate) const CHECKING: Words = words("Cara memeriksa", "How to check");
/// `{address}`.
pub(crate) const STEPS: [Words; 4] = [
    words(
        "Di web: buka {address}/verifikasi, ketik sendiri alamatnya, dan jatuhkan berkasnya di \
         sana. Samakan juga nomor, tanggal, judul, dan jumlah halaman dengan yang Anda pegang.",
        "On the web: open that address, typed by yourself, and drop the file there. Compare \
         number, date, title and number of pages with what you hold as well.",
    ),
    words(
        "Dengan perintah: sha256sum BERKAS harus menampilkan sidik jari di atas.",
        "On a command line: sha256sum FILE must print the fingerprint above.",
    ),
    words(
        "Tanpa jaringan: simars verify SURAT.pdf --against BERKAS --policy KEBIJAKAN. Berkas \
         bukti ada di dalam PDF ini; kebijakan menyebut siapa yang dipercaya.",
        "Offline: the proof file is inside this PDF; the policy names whom to believe.",
    ),
    words(
        "Tanpa program kami: simpan lampiran PDF ini, lalu sh check-a-copy.sh BERKAS BUKTI KUNCI; \
         cukup sha256sum dan openssl.",
        "Without our program: save the attachment of this PDF, then run that script; it needs \
         sha256sum and openssl only.",
    ),
];
pub(crate) const UNSIGNED: Words = words(
    "Surat ini dibuat oleh program dan tidak ditandatangani: yang membuktikan adalah berkas bukti \
     di dalamnya. Yang dibuktikan ialah bahwa berkas itu dicatat; benar tidaknya isi dokumen tidak \
     diperiksa. Keadaan sesudah waktu di atas tidak tercakup.",
    "Made by a program and not signed: what proves is the proof file inside. It proves that the \
     file was recorded, not that its content is true, and nothing about the time after.",
);
/// `{id}`.
pub(crate) const ATTACHMENT: Words = words(
    "Berkas bukti dokumen {id} (C2SP tlog-proof)",
    "Proof file of document {id} (C2SP tlog-proof)",
);
/// `{office}`, in Indonesian only: the line is short.
pub(crate) const COPY: Words = words("Salinan dari arsip {office}", "copy from the archive");
/// `{id}` and `{version}`.
pub(crate) const COPY_OF: Words =
    words("Dokumen {id}, versi {version}", "Document {id}, version {version}");
pub(crate) const COPY_CHECK: Words = words("Periksa di", "check at");

pub(crate) const SEPARATOR: Words = words("Lembar pemisah", "Separator sheet");
pub(crate) const SEPARATING: Words = words(
    "Letakkan selembar seperti ini di depan setiap dokumen, lalu pindai seluruh tumpukan menjadi \
     satu PDF. Setiap dokumen dicatat sendiri-sendiri; lembar ini tidak ikut disimpan dan dapat \
     dipakai lagi. Jangan melipat atau mencoret kodenya.",
    "Lay one of these before each document, then scan the whole stack into one PDF. Each document is \
     filed by itself; the sheet is not kept and can be used again. Do not fold the code or write on \
     it.",
);
pub(crate) const KIND: Words = words("Jenis", "Kind");
pub(crate) const UNIT: Words = words("Unit pengolah", "Unit");
pub(crate) const CODE: Words = words("Kode klasifikasi", "Classification code");
pub(crate) const ACCESS: Words = words("Kelas akses", "Access class");
pub(crate) const OPEN: Words = words("biasa (terbuka)", "open");
pub(crate) const RESTRICTED: Words = words("terbatas", "restricted");
pub(crate) const SECRET: Words = words("rahasia", "secret");
pub(crate) const TOP_SECRET: Words = words("sangat rahasia", "top secret");

/// Puts values into a text.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = text.to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

/// A whole number with its thousands set apart as Indonesian does: `1.234.567`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    grouped
}
