//! The files that are made wrong: small ones of every kind, so that a change meets something.

use std::fs;
use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use simars_testkit::mutation::{Base, packed};
use tiff::encoder::colortype::{Gray8, RGB8};
use tiff::encoder::{Compression, TiffEncoder};

/// The samples of the project with this ending, up to 50,000 bytes each.
pub(crate) fn samples(ending: &str) -> Vec<Base> {
    let paths = simars_testkit::samples().into_iter().map(|sample| sample.path);
    let paths = paths.filter(|path| path.extension().is_some_and(|found| found == ending));
    let bases = paths.map(|path| {
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Base::new(&format!("contoh.{ending}"), bytes)
    });
    bases.filter(|base| base.bytes.len() <= 50_000).collect()
}

/// PDFs whose objects stand in plain text: words, a ruled table, a picture, a form, an outline,
/// page labels, an attachment, a font with a map of its codes.
pub(crate) fn pdfs() -> Vec<Base> {
    let mut bases = samples("pdf");
    let rows = (0..5).map(|row| {
        let (top, number) = (600 - row * 20, row * 137);
        format!(
            "100 {top} 200 20 re 300 {top} 100 20 re S BT /F 11 Tf 104 {} Td (Desa {row}) Tj 200 0 \
             Td [(1)-20(.{number:03})] TJ ET\n",
            top + 5
        )
    });
    let drawing = format!(
        "BT /F 12 Tf 72 700 Td 14 TL (Berita Acara) Tj T* <41004200> Tj ET\n{}q 80 0 0 60 400 100 \
         cm /I Do Q q 0.5 0 0 0.5 0 0 cm /X Do Q\n/Artifact <</Type/Pagination>> BDC EMC",
        rows.collect::<String>()
    );
    let map = "begincmap 1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfchar <41> \
               <0041> <42> <00420043> endbfchar 2 beginbfrange <44> <7a> <0044> <2e> <39> <002e> endbfrange \
               endcmap";
    let stream = |dictionary: &str, content: &str| {
        format!("<<{dictionary}/Length {}>>stream\n{content}\nendstream", content.len())
    };
    let objects = [
        "<</Type/Catalog/Pages 2 0 R/Outlines 9 0 R/PageLabels<</Nums[0<</S/r>>1<</S/D/St 5>>]>>\
         /Names<</EmbeddedFiles<</Names[(a.csv)11 0 R]>>>>>>"
            .to_owned(),
        "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 600 800]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources 6 0 R>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Rotate 90/CropBox[10 10 500 700]/Contents[5 0 R]/Resources 6 0 \
         R>>"
        .to_owned(),
        stream("", &drawing),
        "<</Font<</F 7 0 R>>/XObject<</I 8 0 R/X 13 0 R>>>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FirstChar 65/LastChar 67/Widths[600 700 \
         800]/ToUnicode 14 0 R/Encoding<</Differences[65/A/B/C]>>>>"
            .to_owned(),
        stream(
            "/Subtype/Image/Width 4/Height 3/BitsPerComponent 8/ColorSpace/DeviceGray",
            "abcdefghijkl",
        ),
        "<</First 10 0 R/Last 10 0 R/Count 1>>".to_owned(),
        "<</Title(Bab I)/Parent 9 0 R/Dest[3 0 R/Fit]>>".to_owned(),
        "<</Type/Filespec/F(a.csv)/EF<</F 12 0 R>>>>".to_owned(),
        stream("/Type/EmbeddedFile", "a,b"),
        stream(
            "/Subtype/Form/BBox[0 0 600 800]/Matrix[1 0 0 1 5 5]/Resources 6 0 R",
            "BT /F 9 Tf 300 40 Td (kaki halaman) Tj ET",
        ),
        stream("", map),
    ];
    let mut file = "%PDF-1.7\n".to_owned();
    for (object, number) in objects.iter().zip(1..) {
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    file += "trailer<</Root 1 0 R/Size 15/Info<</Title(Judul)/Producer(Alat)>>>>\n%%EOF\n";
    // Twice as often as any other: what is not compressed takes changes best.
    for _ in 0..bases.len() {
        bases.push(Base::new("dibuat.pdf", file.clone().into_bytes()));
    }
    bases
}

/// Documents, sheets and slides of both families.
pub(crate) fn packages() -> Vec<Base> {
    let relations = "<R><Relationship Id='a' Target='x/1.xml'/><Relationship Id='b' \
                     Target='/xl/x/2.xml'/></R>";
    let cell = "<c r='B2' t='s' s='1'><v>1</v></c><c r='D2' s='1'><v>45292.5</v></c>";
    let sheet = format!(
        "<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>satu</t></is></c></row>\
         <row r='2'>{cell}</row><row r='90'><c r='AB90'><f>1+1</f><v>2</v></c></row></sheetData>\
         <mergeCells><mergeCell ref='A1:C2'/></mergeCells></worksheet>"
    );
    let styles = "<s><numFmts><numFmt numFmtId='170' formatCode='dd/mm/yyyy'/></numFmts><cellXfs>\
                  <xf numFmtId='0'/><xf numFmtId='170'/></cellXfs></s>";
    let xlsx = packed(&[
        (
            "xl/workbook.xml",
            "<w xmlns:r='r'><sheet name='A' r:id='a'/><sheet name='B' r:id='b'/></w>",
        ),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/x/1.xml", sheet.as_str()),
        ("xl/x/2.xml", "<w><row><c><v>1e300</v></c><c r='XFD1048576'><v>7</v></c></row></w>"),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>nol</t></si><si><r><t>de</t></r><r><t>sa</t></r></si></sst>",
        ),
        ("xl/styles.xml", styles),
        ("docProps/core.xml", "<c><dc:title>Judul</dc:title><dc:creator>Kantor</dc:creator></c>"),
    ]);
    let pptx = packed(&[
        ("ppt/presentation.xml", "<p xmlns:r='r'><sldId id='1' r:id='a'/><sldId r:id='b'/></p>"),
        ("ppt/_rels/presentation.xml.rels", relations),
        (
            "ppt/x/1.xml",
            "<s><a:p><a:r><a:t>Salindia</a:t></a:r><a:br/></a:p><a:tbl><a:tr><a:tc>\
          <a:t>1</a:t></a:tc></a:tr></a:tbl></s>",
        ),
        ("xl/x/2.xml", "<s><a:p><a:t>dua</a:t></a:p></s>"),
    ]);
    let table = "<table:table table:name='A'><table:table-row table:number-rows-repeated='3'>\
                 <table:table-cell table:number-columns-repeated='4' office:value='12'><text:p>12\
                 </text:p></table:table-cell><table:covered-table-cell/></table:table-row>\
                 </table:table>";
    let open = |media_type: &str, body: &str| {
        packed(&[
            ("mimetype", media_type),
            (
                "content.xml",
                &format!("<d xmlns:text='t' xmlns:table='b'><office:body>{body}</office:body></d>"),
            ),
            ("meta.xml", "<m><dc:title>Judul</dc:title></m>"),
        ])
    };
    let family = "application/vnd.oasis.opendocument.";
    let text = format!(
        "<text:h>Bab</text:h><text:p>a<text:s text:c='3'/>b<text:tab/><text:line-break/>\
         <text:soft-page-break/>c</text:p>{table}"
    );
    let mut bases = vec![
        Base::new("a.xlsx", xlsx),
        Base::new("a.pptx", pptx),
        Base::new("a.odt", open(&format!("{family}text"), &text)),
        Base::new("a.ods", open(&format!("{family}spreadsheet"), table)),
        Base::new(
            "a.odp",
            open(&format!("{family}presentation"), "<draw:page><text:p>x</text:p></draw:page>"),
        ),
    ];
    bases.extend(samples("docx"));
    bases.extend(samples("odt"));
    bases
}

/// Marked-up texts and messages.
pub(crate) fn markup() -> Vec<Base> {
    let rtf = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset2 Symbol;}}{\\*\\skip x}\\f0 Pasal\\par \
               \\'e9\\u8212 ?\\uc2\\u-10179\\'3f\\'3f{\\pict\\bin5 \\}}{}}\\trowd\\cellx100\\intbl 1\\cell \
               2\\cell\\row\\page dua\\tab tiga}";
    let html = "<!doctype html><html><head><meta charset=utf-8><title>Judul &amp; b</title><style>\
                p{}</style></head><body><h1>Satu</h1><p>dua &eacute;&#233;&#x1f600;<br>tiga<table>\
                <tr><th rowspan=2>A<td colspan=3>1<tr><td>2</table><pre> a\n b</pre><script>x<\
                </script><ul><li>empat<ol><li>lima</ul><!-- c -->";
    let mail = "From: =?utf-8?B?S2FudG9y?= <a@example.org>\r\nDate: Tue, 5 Mar 2024 09:00:00 +0700\r\n\
                Subject: =?iso-8859-1?Q?Undangan_=E9?=\r\nMIME-Version: 1.0\r\nContent-Type: \
                multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; \
                boundary=c\r\n\r\n--c\r\n\r\nisi =3D\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>isi\
                \r\n--c--\r\n--b\r\nContent-Type: application/rtf\r\nContent-Disposition: attachment; \
                filename*0*=utf-8''lam%20; filename*1=piran.rtf\r\n\r\n{\\rtf1 lampiran}\r\n--b\r\n\
                Content-Type: text/csv; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\
                Content-Disposition: attachment; filename=a.csv\r\n\r\nYSxiCjEsMgo=\r\n--b\r\n\
                Content-Type: message/rfc822\r\n\r\nSubject: dalam\r\n\r\nlain\r\n--b--\r\n";
    let mut bases = vec![
        Base::new("a.rtf", rtf.into()),
        Base::new("a.html", html.into()),
        Base::new("a.eml", mail.into()),
    ];
    bases.extend(samples("html"));
    bases
}

/// Plain texts in several encodings.
pub(crate) fn texts() -> Vec<Base> {
    let text =
        "PUTUSAN\nNomor 12 — “pasal” demi pasal, é ü.\u{c}\nHalaman dua\r\n\tselesai 1.234\n";
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bases = vec![
        Base::new("a.txt", text.into()),
        Base::new("a.md", format!("\u{feff}# {text}").into()),
        Base::new("b.txt", [b"\xff\xfe".to_vec(), utf_16.clone()].concat()),
        Base::new("c.txt", utf_16),
        Base::new("d.txt", b"caf\xe9 \x93kutipan\x94 \x96 selesai\n".repeat(3)),
    ];
    bases.extend(samples("txt"));
    bases
}

/// Pictures: TIFF plain and compressed with two pages, PNG, JPEG, GIF, WebP.
pub(crate) fn pictures() -> Vec<Base> {
    const SIZE: u32 = 40;
    let points: Vec<u8> = (0..SIZE * SIZE * 3).map(|at| (at * at / 7) as u8).collect();
    let gray = &points[..(SIZE * SIZE) as usize];
    let tiff = |compression| {
        let mut file = Cursor::new(Vec::new());
        let encoder = TiffEncoder::new(&mut file).expect("a header");
        let mut encoder = encoder.with_compression(compression);
        encoder.write_image::<RGB8>(SIZE, SIZE, &points).expect("a page in colour");
        encoder.write_image::<Gray8>(SIZE, SIZE, gray).expect("a gray page");
        file.into_inner()
    };
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new(&mut jpeg);
    encoder.write_image(&points, SIZE, SIZE, ExtendedColorType::Rgb8).expect("a JPEG");
    let mut gif = Vec::new();
    let encoded = GifEncoder::new(&mut gif).encode(&points, SIZE, SIZE, ExtendedColorType::Rgb8);
    encoded.expect("a GIF");
    let saved = |format| {
        let mut file = Cursor::new(Vec::new());
        let kind = ExtendedColorType::Rgb8;
        let written = image::write_buffer_with_format(&mut file, &points, SIZE, SIZE, kind, format);
        written.expect("a picture");
        file.into_inner()
    };
    let mut bases = vec![
        Base::new("a.tif", tiff(Compression::Uncompressed)),
        Base::new("b.tif", tiff(Compression::Lzw)),
        Base::new("a.jpg", jpeg),
        Base::new("a.gif", gif),
        Base::new("a.png", saved(ImageFormat::Png)),
        Base::new("a.webp", saved(ImageFormat::WebP)),
    ];
    bases.extend(samples("png"));
    bases
}
