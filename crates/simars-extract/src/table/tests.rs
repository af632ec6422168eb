//! Made tables of votes, and text that is none.

use proptest::prelude::*;
use simars_record::FindingCode;

use super::*;

const PAGE: (f32, f32) = (600.0, 800.0);

/// Words set like on a typewriter: 5 wide, 10 high.
fn words<'a>(lines: &[(f32, &'a [(f32, &'a str)])]) -> Vec<Placed<'a>> {
    let mut words = Vec::new();
    for &(top, pieces) in lines {
        for &(mut left, text) in pieces {
            for word in text.split(' ') {
                let right = left + 5.0 * word.chars().count() as f32;
                words.push(Placed {
                    text: word,
                    left,
                    top,
                    right,
                    bottom: top + 10.0,
                    confidence: None,
                });
                left = right + 4.0;
            }
        }
    }
    words
}

fn across(y: f32, from: f32, to: f32) -> Rule {
    Rule { x0: from, y0: y, x1: to, y1: y }
}

fn down(x: f32, from: f32, to: f32) -> Rule {
    Rule { x0: x, y0: from, x1: x, y1: to }
}

fn rows(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect()
}

/// Votes of two parties in two districts, with heads over two columns.
fn ruled_votes<'a>() -> (Vec<Placed<'a>>, Vec<Rule>) {
    let words = words(&[
        (104.0, &[(60.0, "Partai"), (210.0, "Suara per daerah")]),
        (124.0, &[(210.0, "Utara"), (310.0, "Selatan")]),
        (144.0, &[(60.0, "Partai Anggrek"), (210.0, "1.204"), (310.0, "310")]),
        (164.0, &[(60.0, "Partai Melati"), (210.0, "96"), (310.0, "2.000")]),
        (184.0, &[(60.0, "JUMLAH"), (210.0, "1.300"), (310.0, "2.311")]),
    ]);
    let mut rules: Vec<Rule> =
        [100.0, 140.0, 160.0, 180.0, 200.0].map(|y| across(y, 50.0, 400.0)).into();
    // In two pieces, as word processors draw them cell by cell.
    rules.extend([across(120.0, 200.0, 300.5), across(120.3, 300.0, 400.0)]);
    rules.extend([50.0, 200.0, 400.0].map(|x| down(x, 100.0, 200.0)));
    rules.push(down(300.0, 120.0, 200.0));
    (words, rules)
}

#[test]
fn lines_make_rows_and_heads_span_columns() {
    let (words, rules) = ruled_votes();
    let tables = find(&words, &rules, PAGE);
    assert_eq!(tables.len(), 1);
    assert!(tables[0].ruled);
    let expected = [
        ["Partai", "Suara per daerah", ""],
        ["", "Utara", "Selatan"],
        ["Partai Anggrek", "1.204", "310"],
        ["Partai Melati", "96", "2.000"],
        ["JUMLAH", "1.300", "2.311"],
    ];
    assert_eq!(rows(&tables[0]), expected);
}

#[test]
fn a_wrong_sum_is_told_with_its_place() {
    let (words, rules) = ruled_votes();
    let mut table = find(&words, &rules, PAGE).remove(0);
    check_sums(&mut table);
    let cell = Cell { row: 4, column: 2 };
    assert_eq!(
        table.wrong_sums,
        [simars_record::layout::WrongSum { cell, stated: 2311, counted: 2310 }]
    );
}

#[test]
fn a_sum_of_doubtful_digits_accuses_nobody() {
    let (words, rules) = ruled_votes();
    let mut table = find(&words, &rules, PAGE).remove(0);
    check_sums(&mut table);
    table.doubtful = vec![Cell { row: 2, column: 1 }];
    assert_eq!(wrong_sums(&table, 1, 1)[0].code, FindingCode::WrongSum, "in another column");
    table.doubtful[0].column = 2;
    let finding = &wrong_sums(&table, 1, 1)[0];
    assert_eq!(finding.code, FindingCode::DoubtfulDigits);
    assert!(finding.detail.ends_with("counted 2.310, some of it from doubtful digits"));
}

#[test]
fn rows_without_lines_between_them_are_rows() {
    let words = words(&[
        (104.0, &[(60.0, "Partai"), (210.0, "Suara")]),
        (124.0, &[(60.0, "Anggrek"), (210.0, "12")]),
        (138.0, &[(60.0, "Melati"), (210.0, "34")]),
        (152.0, &[(60.0, "Kenanga"), (210.0, "5")]),
    ]);
    let mut rules: Vec<Rule> = [100.0, 120.0, 170.0].map(|y| across(y, 50.0, 300.0)).into();
    rules.extend([50.0, 200.0, 300.0].map(|x| down(x, 100.0, 170.0)));
    let tables = find(&words, &rules, PAGE);
    let expected = [["Partai", "Suara"], ["Anggrek", "12"], ["Melati", "34"], ["Kenanga", "5"]];
    assert_eq!(rows(&tables[0]), expected);
}

#[test]
fn aligned_numbers_are_a_table() {
    let words = words(&[
        (100.0, &[(60.0, "Kecamatan"), (200.0, "Pemilih"), (300.0, "Suara")]),
        (114.0, &[(60.0, "Timur"), (205.0, "12.300"), (305.0, "9.100")]),
        (128.0, &[(60.0, "Barat Daya"), (215.0, "900"), (315.0, "811")]),
        (142.0, &[(60.0, "Jumlah"), (205.0, "13.200"), (305.0, "9.911")]),
    ]);
    let mut tables = find(&words, &[], PAGE);
    assert_eq!(tables.len(), 1);
    assert_eq!(rows(&tables[0])[2], ["Barat Daya", "900", "811"]);
    check_sums(&mut tables[0]);
    assert_eq!(tables[0].wrong_sums, []);
}

#[test]
fn what_is_no_table_gives_none() {
    let prose: &[(f32, &[(f32, &str)])] = &[
        (100.0, &[(60.0, "satu dua tiga empat"), (220.0, "lima enam tujuh")]),
        (114.0, &[(60.0, "satu dua tiga"), (180.0, "empat lima enam"), (330.0, "tujuh")]),
        (128.0, &[(60.0, "satu dua"), (140.0, "tiga empat lima enam"), (340.0, "tujuh")]),
    ];
    let clauses: &[(f32, &[(f32, &str)])] = &[
        (100.0, &[(60.0, "(1)"), (100.0, "bahwa pemilih terdaftar")]),
        (114.0, &[(60.0, "(2)"), (100.0, "bahwa suara dihitung")]),
        (128.0, &[(60.0, "(3)"), (100.0, "bahwa hasil diumumkan")]),
    ];
    let contents: &[(f32, &[(f32, &str)])] = &[
        (100.0, &[(60.0, "Bab satu"), (150.0, "........"), (300.0, "1")]),
        (114.0, &[(60.0, "Bab dua"), (150.0, "........"), (300.0, "12")]),
        (128.0, &[(60.0, "Bab tiga"), (150.0, "........"), (300.0, "30")]),
    ];
    let form: &[(f32, &[(f32, &str)])] = &[
        (100.0, &[(60.0, "Nama"), (150.0, ":"), (170.0, "Saksi pertama")]),
        (114.0, &[(60.0, "Alamat"), (150.0, ":"), (170.0, "Jalan di sana")]),
        (128.0, &[(60.0, "Jabatan"), (150.0, ":"), (170.0, "Ketua")]),
    ];
    for (name, lines) in
        [("prose", prose), ("clauses", clauses), ("contents", contents), ("form", form)]
    {
        assert_eq!(find(&words(lines), &[], PAGE), [], "{name}");
    }
    let frame = [
        across(90.0, 50.0, 500.0),
        across(150.0, 50.0, 500.0),
        down(50.0, 90.0, 150.0),
        down(500.0, 90.0, 150.0),
    ];
    assert_eq!(find(&words(clauses), &frame, PAGE), []);
}

#[test]
fn digits_read_with_doubt_are_marked() {
    let (mut words, rules) = ruled_votes();
    for word in words.iter_mut().filter(|word| word.text == "96" || word.text == "Melati") {
        word.confidence = Some(40);
    }
    assert_eq!(find(&words, &rules, PAGE)[0].doubtful, [Cell { row: 3, column: 1 }]);
}

/// A table of three columns and four rows, in cells of which each is drawn by itself.
fn boxed_votes() -> (Vec<Placed<'static>>, Vec<Rule>) {
    let words = words(&[
        (104.0, &[(60.0, "No."), (110.0, "Kecamatan"), (310.0, "Suara sah")]),
        (126.0, &[(60.0, "1."), (110.0, "Bukit Timur dan"), (310.0, "1.204")]),
        (140.0, &[(110.0, "pulau di sekitarnya")]),
        (164.0, &[(60.0, "2."), (110.0, "Lembah"), (310.0, "96")]),
        (184.0, &[(60.0, "Jumlah"), (310.0, "1.300")]),
    ]);
    let mut rules = Vec::new();
    for (top, bottom) in [(100.0, 119.0), (120.0, 159.0), (160.0, 179.0), (180.0, 200.0)] {
        for (left, right) in [(50.0, 99.5), (100.5, 299.0), (300.0, 400.0)] {
            rules.extend([across(top, left, right), across(bottom, left, right)]);
            rules.extend([down(left, top, bottom), down(right, top, bottom)]);
        }
    }
    (words, rules)
}

const VOTES: [[&str; 3]; 4] = [
    ["No.", "Kecamatan", "Suara sah"],
    ["1.", "Bukit Timur dan pulau di sekitarnya", "1.204"],
    ["2.", "Lembah", "96"],
    ["Jumlah", "", "1.300"],
];

#[test]
fn double_lines_are_one_and_cells_have_many_lines_of_text() {
    let (words, rules) = boxed_votes();
    let tables = find(&words, &rules, PAGE);
    assert_eq!(tables.len(), 1);
    assert_eq!(rows(&tables[0]), VOTES);
    let area = tables[0].area;
    assert_eq!((area.left, area.right), (833, 6667));
}

/// A rectangle turned clockwise on the page, or counterclockwise.
fn turned((x0, y0, x1, y1): (f32, f32, f32, f32), down: bool) -> (f32, f32, f32, f32) {
    match down {
        true => (PAGE.0 - y1, x0, PAGE.0 - y0, x1),
        false => (y0, PAGE.1 - x1, y1, PAGE.1 - x0),
    }
}

#[test]
fn tables_set_sideways_are_read_as_they_run() {
    let (words, rules) = boxed_votes();
    for down in [true, false] {
        let words: Vec<Placed<'_>> = words
            .iter()
            .map(|word| {
                let sides = (word.left, word.top, word.right, word.bottom);
                let (left, top, right, bottom) = turned(sides, down);
                Placed { left, top, right, bottom, ..*word }
            })
            .collect();
        let rules: Vec<Rule> = rules
            .iter()
            .map(|rule| {
                let (x0, y0, x1, y1) = turned((rule.x0, rule.y0, rule.x1, rule.y1), down);
                Rule { x0, y0, x1, y1 }
            })
            .collect();
        let tables = find(&words, &rules, PAGE);
        assert_eq!(tables.len(), 1, "{down}");
        assert_eq!(rows(&tables[0]), VOTES, "{down}");
        let (left, top, right, bottom) = turned((50.0, 100.0, 400.0, 200.0), down);
        let area = WordBox::on_page((left, top, right, bottom), PAGE, None);
        assert_eq!(tables[0].area, area, "{down}");
    }
}

#[test]
fn two_numbers_in_a_cell_are_rows_where_columns_agree() {
    let words = words(&[
        (104.0, &[(60.0, "Desa"), (210.0, "L"), (310.0, "P")]),
        (124.0, &[(60.0, "Hulu"), (210.0, "12"), (310.0, "10")]),
        (138.0, &[(60.0, "dan Hilir")]),
        (152.0, &[(60.0, "Muara"), (210.0, "34"), (310.0, "3")]),
    ]);
    let mut rules: Vec<Rule> = [100.0, 120.0, 170.0].map(|y| across(y, 50.0, 400.0)).into();
    rules.extend([50.0, 200.0, 300.0, 400.0].map(|x| down(x, 100.0, 170.0)));
    let expected = [["Desa", "L", "P"], ["Hulu dan Hilir", "12", "10"], ["Muara", "34", "3"]];
    assert_eq!(rows(&find(&words, &rules, PAGE)[0]), expected);
}

#[test]
fn an_aligned_row_may_have_two_lines() {
    let words = words(&[
        (80.0, &[(60.0, "Nama"), (270.0, "Suara")]),
        (100.0, &[(60.0, "Partai Bunga Teratai")]),
        (114.0, &[(60.0, "Putih"), (260.0, "12.300")]),
        (142.0, &[(60.0, "Partai Kenanga"), (270.0, "900")]),
        (156.0, &[(60.0, "dan Cempaka")]),
        (184.0, &[(60.0, "Partai Melati"), (275.0, "12")]),
        (212.0, &[(60.0, "Partai Dahlia"), (280.0, "5")]),
    ]);
    let tables = find(&words, &[], PAGE);
    let expected = [
        ["Nama", "Suara"],
        ["Partai Bunga Teratai Putih", "12.300"],
        ["Partai Kenanga dan Cempaka", "900"],
        ["Partai Melati", "12"],
        ["Partai Dahlia", "5"],
    ];
    assert_eq!(rows(&tables[0]), expected);
    assert!(!tables[0].ruled);
}

#[test]
fn blocks_of_decisions_are_no_tables() {
    let reasons: &[(f32, &[(f32, &str)])] = &[
        (100.0, &[(60.0, "Menimbang"), (150.0, ": a."), (190.0, "bahwa suara telah dihitung;")]),
        (114.0, &[(165.0, "b."), (190.0, "bahwa rapat pleno telah diadakan;")]),
        (128.0, &[(165.0, "c."), (190.0, "bahwa hasilnya perlu ditetapkan;")]),
        (156.0, &[(60.0, "Mengingat"), (150.0, ": 1."), (190.0, "aturan yang pertama;")]),
        (170.0, &[(165.0, "2."), (190.0, "aturan yang kedua;")]),
    ];
    let signatures: &[(f32, &[(f32, &str)])] = &[
        (100.0, &[(60.0, "Ketua"), (300.0, "Sekretaris")]),
        (114.0, &[(60.0, "ttd"), (300.0, "ttd")]),
        (128.0, &[(60.0, "Nama ketua"), (300.0, "Nama sekretaris")]),
        (142.0, &[(60.0, "NIP 1"), (300.0, "NIP 2")]),
    ];
    let nested: &[(f32, &[(f32, &str)])] = &[
        (
            100.0,
            &[(60.0, "1."), (80.0, "a."), (100.0, "surat suara yang sah dihitung di tempat itu")],
        ),
        (114.0, &[(80.0, "b."), (100.0, "surat suara yang rusak dipisahkan dari yang lain")]),
        (
            128.0,
            &[(60.0, "2."), (80.0, "a."), (100.0, "saksi menandatangani berita acara hari itu")],
        ),
        (142.0, &[(80.0, "b."), (100.0, "salinan berita acara diserahkan kepada saksi")]),
    ];
    let columns: &[(f32, &[(f32, &str)])] = &[
        (
            100.0,
            &[(60.0, "rapat pleno dibuka oleh ketua"), (300.0, "lalu dibacakan hasil setiap desa")],
        ),
        (
            114.0,
            &[
                (60.0, "pada pagi hari dan dihadiri saksi"),
                (300.0, "dan dicatat oleh panitia yang"),
            ],
        ),
        (
            128.0,
            &[(60.0, "serta pengawas dari semua desa"), (300.0, "bertugas pada hari itu sampai")],
        ),
        (
            142.0,
            &[(60.0, "yang telah diundang sebelumnya"), (300.0, "semua selesai pada malam hari")],
        ),
    ];
    for (name, lines) in
        [("reasons", reasons), ("signatures", signatures), ("nested", nested), ("columns", columns)]
    {
        assert_eq!(find(&words(lines), &[], PAGE), [], "{name}");
    }
}

#[test]
fn one_row_is_a_table_at_an_end_of_the_page_only() {
    let row = [(60.0, "12. Desa"), (210.0, "Contoh Hulu"), (310.0, "1.204")];
    let text = [(60.0, "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh")];
    let rules: Vec<Rule> = [across(400.0, 50.0, 400.0), across(420.0, 50.0, 400.0)]
        .into_iter()
        .chain([50.0, 200.0, 300.0, 400.0].map(|x| down(x, 400.0, 420.0)))
        .collect();
    let lines = |ys: &[f32]| -> Vec<(f32, &[(f32, &str)])> {
        let text = ys.iter().map(|&y| (y, text.as_slice()));
        text.chain([(404.0, row.as_slice())]).collect()
    };
    let count = |ys: &[f32]| find(&words(&lines(ys)), &rules, PAGE).len();
    assert_eq!(count(&[360.0, 380.0, 440.0, 460.0, 480.0]), 1, "begun on the page before");
    assert_eq!(count(&[340.0, 360.0, 380.0, 440.0]), 1, "goes on on the next");
    assert_eq!(count(&[340.0, 360.0, 380.0, 440.0, 460.0, 480.0]), 0, "boxes in a text");
}

#[test]
fn underlines_and_boxes_are_no_tables() {
    let (words, _) = boxed_votes();
    let underlines: Vec<Rule> =
        (0..10).map(|line| across(115.0 + 14.0 * line as f32, 60.0, 160.0)).collect();
    assert_eq!(find(&words[..6], &underlines, PAGE), []);
    let chart =
        [(60.0, 100.0, 160.0, 120.0), (20.0, 120.0, 120.0, 140.0), (120.0, 120.0, 220.0, 140.0)];
    let rules: Vec<Rule> = chart
        .iter()
        .flat_map(|&(left, top, right, bottom)| {
            [
                across(top, left, right),
                across(bottom, left, right),
                down(left, top, bottom),
                down(right, top, bottom),
            ]
        })
        .collect();
    let boxes = self::words(&[
        (104.0, &[(100.0, "Ketua")]),
        (124.0, &[(40.0, "Anggota"), (140.0, "Anggota")]),
    ]);
    assert_eq!(find(&[boxes.clone(), boxes].concat(), &rules, PAGE), []);
}

proptest! {
    #[test]
    fn no_words_and_lines_make_it_panic(
        places in prop::collection::vec((0_usize..4, any::<[f32; 4]>()), 0..40),
        near in prop::collection::vec((0_u8..60, 0_u8..60, 0_usize..4), 0..60),
        lines in prop::collection::vec((0_u8..60, 0_u8..60, 0_u8..60, any::<bool>()), 0..40),
        wild in prop::collection::vec(any::<[f32; 4]>(), 0..10),
    ) {
        let texts = ["Jumlah", "1.234", "12", "Desa:"];
        let place = |text: usize, [left, top, right, bottom]: [f32; 4]| {
            Placed { text: texts[text], left, top, right, bottom, confidence: Some(50) }
        };
        let mut words: Vec<Placed<'_>> =
            places.into_iter().map(|(text, sides)| place(text, sides)).collect();
        words.extend(near.into_iter().map(|(x, y, text)| {
            let (x, y) = (f32::from(x) * 10.0, f32::from(y) * 12.0);
            place(text, [x, y, x + 25.0, y + 10.0])
        }));
        let mut rules: Vec<Rule> =
            wild.into_iter().map(|[x0, y0, x1, y1]| Rule { x0, y0, x1, y1 }).collect();
        rules.extend(lines.into_iter().map(|(at, from, to, wide)| {
            let (at, from, to) = (f32::from(at) * 10.0, f32::from(from) * 10.0, f32::from(to) * 10.0);
            if wide { across(at, from, to) } else { down(at, from, to) }
        }));
        for mut table in find(&words, &rules, PAGE) {
            check_sums(&mut table);
            let width = table.rows[0].len();
            prop_assert!(width >= 2 && table.rows.iter().all(|row| row.len() == width));
            for cell in &table.doubtful {
                prop_assert!(!table.rows[cell.row as usize][cell.column as usize].is_empty());
            }
        }
    }
}
