//! Made files as a reader would hand them on: pages with places, tables and doubts.

use simars_record::layout::{Attachment, Cell, Reading, WrongSum};
use simars_record::{
    Extracted, Finding, FindingCode, Layout, Page, Structure, Table, TextSource, WordBox,
};

/// The text of the page that has everything.
pub(crate) const TALLY: &str = "Rekapitulasi suara\nJumlah 1.300";

/// A file of four pages: a text of its own, a recognised tally with a table and another reading, a
/// page that waits, and one that could not be read.
pub(crate) fn tally() -> Extracted {
    let mut waiting = Page::new("", TextSource::None);
    waiting.recognise = true;
    let findings = vec![
        Finding::page(FindingCode::WrongSum, 2, "column 2 comes to 1204, not 1300"),
        Finding::page(FindingCode::RecognitionFailed, 4, "nothing was found"),
    ];
    let structure = Structure {
        format_version: Some("PDF 1.7".to_owned()),
        signatures: 1,
        page_labels: ["i", "ii", "3", "4"].map(str::to_owned).to_vec(),
        attachments: vec![Attachment {
            name: "lampiran.xml".to_owned(),
            size_bytes: None,
            media_type: None,
        }],
        ..Structure::default()
    };
    Extracted {
        media_type: "application/pdf".to_owned(),
        pages: vec![
            Page::new("Berita acara contoh", TextSource::Layer),
            Page::new(TALLY, TextSource::Ocr).with_layout(layout()),
            waiting,
            Page::new("", TextSource::None),
        ],
        findings,
        embedded_title: None,
        reader: "contoh".to_owned(),
        structure: Some(Box::new(structure)),
    }
}

/// A file of one page that was read completely.
pub(crate) fn plain() -> Extracted {
    Extracted {
        pages: vec![Page::new("Seluruhnya terbaca", TextSource::Layer)],
        findings: Vec::new(),
        structure: None,
        ..tally()
    }
}

fn word(left: u16, top: u16) -> WordBox {
    WordBox { left, top, right: left + 1_000, bottom: top + 200, confidence: Some(88) }
}

fn layout() -> Layout {
    let words = vec![word(1_000, 500), word(2_500, 500), word(1_000, 900), word(2_500, 900)];
    let rows = [["Partai", "Suara"], ["=Contoh, \"A\"", "1.204"], ["Jumlah", "1.300"]];
    let table = Table {
        area: word(1_000, 500),
        ruled: true,
        rows: rows.map(|row| row.map(str::to_owned).to_vec()).to_vec(),
        doubtful: vec![Cell { row: 1, column: 1 }],
        wrong_sums: vec![WrongSum {
            cell: Cell { row: 2, column: 1 },
            stated: 1_300,
            counted: 1_204,
        }],
    };
    let other = Reading {
        source: TextSource::Layer,
        text: "Rekapitu1asi".to_owned(),
        words: vec![word(1_000, 500)],
        confidence: None,
        engine: None,
    };
    Layout {
        width: 600.0,
        height: 900.0,
        words,
        tables: vec![table],
        confidence: Some(88),
        engine: Some("contoh 1.0".to_owned()),
        other: Some(Box::new(other)),
    }
}
