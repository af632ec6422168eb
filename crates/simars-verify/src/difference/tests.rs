//! What counts as a difference, and what does not.

use proptest::prelude::*;

use super::*;

fn layer<'a>(pages: &[&'a str]) -> Vec<TextPage<'a>> {
    pages.iter().map(|text| TextPage { text, recognised: false }).collect()
}

fn compared(registered: &[&str], given: &[&str]) -> Comparison {
    compare(&layer(registered), &layer(given))
}

fn pairs(comparison: &Comparison) -> Vec<(&str, &str)> {
    let found = comparison.differences.iter();
    found.map(|one| (one.registered.words.as_str(), one.given.words.as_str())).collect()
}

const TALLY: [&str; 2] = [
    "REKAPITULASI SUARA\nPartai Mangga 12.345 suara sah\nPartai Jeruk 9.876 suara sah\n",
    "Partai Nanas 1.234 suara sah\nJumlah Rp1.000.000,00 dan 23.455 suara\n",
];

#[test]
fn one_number_is_one_difference() {
    let altered = [TALLY[0], &TALLY[1].replace("1.234", "1.284")];
    let found = compared(&TALLY, &altered);
    assert_eq!(pairs(&found), [("1.234", "1.284")]);
    let one = &found.differences[0];
    assert_eq!((one.registered.page, one.given.page), (2, 2));
    assert_eq!(one.context_before, "Jeruk 9.876 suara sah Partai Nanas");
    assert_eq!(one.context_after, "suara sah Jumlah Rp1.000.000,00 dan 23.455");
    assert!(one.is_number && !one.doubtful);
    assert_eq!((found.words_registered, found.words_given, found.words_common), (22, 22, 21));
    assert_eq!((found.with_numbers, found.further), (1, 0));
    assert!(found.resemblance() > 0.95 && !found.is_same_text());
}

#[test]
fn an_amount_of_money_is_one_word() {
    let altered = [TALLY[0], &TALLY[1].replace("1.000.000,00", "1.000.000.000,00")];
    assert_eq!(pairs(&compared(&TALLY, &altered)), [("Rp1.000.000,00", "Rp1.000.000.000,00")]);
}

#[test]
fn numbers_that_changed_places_are_two_differences() {
    let altered = [
        "REKAPITULASI SUARA\nPartai Mangga 9.876 suara sah\nPartai Jeruk 12.345 suara sah\n",
        TALLY[1],
    ];
    assert_eq!(pairs(&compared(&TALLY, &altered)), [("12.345", "9.876"), ("9.876", "12.345")]);
}

#[test]
fn where_lines_and_pages_end_is_no_difference() {
    let registered =
        ["Penetapan per-\nolehan kursi undang-undang\ntahun 2019-2024", "akhir naskah"];
    let given = ["Penetapan perolehan\nkursi undang-", "undang tahun 2019-\n2024 akhir naskah"];
    let found = compared(&registered, &given);
    assert_eq!(pairs(&found), []);
    assert!(found.folded.contains(&Folding::PageBreaks));
    assert!(found.folded.contains(&Folding::Hyphens));
}

#[test]
fn a_page_number_is_none_only_on_its_own_page() {
    let registered = ["isi pertama\n- 1 -\n", "2\nisi kedua"];
    let found = compared(&registered, &["isi pertama isi kedua"]);
    assert_eq!(pairs(&found), []);
    assert!(found.folded.contains(&Folding::PageNumbers));
    let total = compared(&["jumlah kursi\n40"], &["jumlah kursi\n41"]);
    assert_eq!(pairs(&total), [("40", "41")]);
    let total = compared(&["jumlah kursi\n1"], &["jumlah kursi\n2"]);
    assert_eq!(pairs(&total), [("", "2")], "what is no page number any more is told");
}

#[test]
fn what_reading_makes_different_is_folded_and_told() {
    for (one, other, folding) in [
        ("ﬁnal “ya”", "final \"ya\"", Folding::Letters),
        ("pemi\u{ad}lihan", "pemilihan", Folding::Invisible),
        ("Jum’at", "Jum'at", Folding::Quotes),
        ("2019–2024", "2019-2024", Folding::Dashes),
        ("bab ......... 5", "bab ... 5", Folding::Leaders),
        ("bab … 5", "bab ..... 5", Folding::Leaders),
        ("\u{f0b7} satu", "• satu", Folding::Bullets),
        ("Partai A", "PartaiA", Folding::Blanks),
        ("( satu )", "(satu)", Folding::Blanks),
        ("cafe\u{301}", "café", Folding::Letters),
    ] {
        let found = compared(&[one], &[other]);
        assert_eq!(pairs(&found), [], "{one} {other}");
        let marks_apart = one.starts_with('(');
        assert!(found.folded.contains(&folding) || marks_apart, "{one} {:?}", found.folded);
    }
    let same = compared(&TALLY, &TALLY);
    assert!(same.is_same_text() && same.folded.is_empty());
}

#[test]
fn what_changes_the_sense_is_never_folded() {
    for (one, other) in [
        ("10² meter", "102 meter"),
        ("1 2345", "12 345"),
        ("12 345", "12345"),
        ("12.345", "12,345"),
        ("-5", "5"),
        ("1.234", "1 .234"),
        ("2019-2024", "20192024"),
        ("½", "1/2"),
        ("Partai", "partai"),
        ("kursi.", "kursi"),
        ("１", "I"),
    ] {
        assert!(!compared(&[one], &[other]).is_same_text(), "{one} {other}");
    }
}

#[test]
fn a_long_difference_is_shortened() {
    let long: String = (0..100).map(|n| format!("kata{n} ")).collect();
    let found = compared(&["awal akhir"], &[&format!("awal {long} akhir")]);
    let given = &found.differences[0].given;
    assert_eq!((given.count, given.shortened), (100, true));
    assert!(given.words.starts_with("kata0 ") && given.words.ends_with(" kata99"));
    assert_eq!(given.words.split(' ').count(), 17);
    let endless = "a".repeat(100_000);
    assert!(compared(&["x"], &[&endless]).differences[0].given.words.len() < 1_000);
}

#[test]
fn more_differences_than_anyone_reads_are_counted() {
    let row = |add: u32| (0..500).map(|n| format!("wilayah{n} {} ", n + add)).collect::<String>();
    let found = compared(&[&row(1_000)], &[&row(5_000)]);
    assert_eq!((found.differences.len(), found.further), (200, 300));
    assert_eq!((found.with_numbers, found.words_common), (500, 500));
}

#[test]
fn on_a_recognised_page_what_is_small_is_doubtful() {
    let registered = [
        TextPage { text: TALLY[0], recognised: true },
        TextPage { text: TALLY[1], recognised: false },
    ];
    let altered = [TALLY[0].replace("9.876", "9.878"), TALLY[1].replace("1.234", "1.284")];
    let found = compare(&registered, &layer(&[&altered[0], &altered[1]]));
    let doubts: Vec<bool> = found.differences.iter().map(|one| one.doubtful).collect();
    assert_eq!(doubts, [true, false]);
    let more = TALLY[0].replace("9.876", "sembilan ribu lebih sedikit dan lain lain");
    let found = compare(&registered, &layer(&[&more, TALLY[1]]));
    assert!(!found.differences[0].doubtful);
}

#[test]
fn a_row_of_numbers_is_as_many_differences() {
    let found = compared(&["baris 10 20 30 akhir"], &["baris 11 21 31 akhir"]);
    assert_eq!(pairs(&found), [("10", "11"), ("20", "21"), ("30", "31")]);
}

#[test]
fn nothing_is_compared_with_nothing() {
    let found = compared(&[], &["", " \n"]);
    assert!(found.is_same_text() && found.resemblance() == 0.0);
    assert_eq!(pairs(&compared(&[], &["kata"])), [("", "kata")]);
}

#[test]
fn a_long_pair_is_compared_to_its_end() {
    let page = |n: usize, salt: usize| -> String {
        (0..300)
            .map(|at| format!("{} {} ", (at * 7 + n) % 97, (at * at + n * salt) % 1_009))
            .collect()
    };
    let registered: Vec<String> = (0..120).map(|n| page(n, 31)).collect();
    let mut given = registered.clone();
    given[50] = page(50, 77);
    given.remove(70);
    let other: Vec<String> = (0..120).map(|n| page(n, 53)).collect();
    fn pages(text: &[String]) -> Vec<TextPage<'_>> {
        text.iter().map(|text| TextPage { text, recognised: false }).collect()
    }
    let near = compare(&pages(&registered), &pages(&given));
    let far = compare(&pages(&registered), &pages(&other));
    assert!(near.resemblance() > 0.98 && near.differences[0].registered.page == 51);
    assert!(far.resemblance() < near.resemblance());
}

proptest! {
    #[test]
    fn any_text_is_compared(one in ".{0,200}", other in ".{0,200}") {
        let found = compared(&[&one], &[&other]);
        prop_assert!((0.0..=1.0).contains(&found.resemblance()));
        prop_assert!(compared(&[&one], &[&one]).is_same_text());
        let back = compared(&[&other], &[&one]);
        prop_assert_eq!(found.is_same_text(), back.is_same_text());
    }

    #[test]
    fn where_lines_break_never_matters(words in prop::collection::vec("[a-z]{1,8}|[0-9]{1,3}\\.[0-9]{3}", 1..40), breaks in prop::collection::vec(0..4u8, 40)) {
        let one = words.join(" ");
        let mut pages = vec![String::new()];
        for (word, kind) in words.iter().zip(&breaks) {
            let page = pages.last_mut().unwrap();
            page.push_str(word);
            match kind {
                0 => page.push('\n'),
                1 => pages.push(String::new()),
                _ => page.push_str("  "),
            }
        }
        let other: Vec<&str> = pages.iter().map(String::as_str).collect();
        let found = compared(&[&one], &other);
        // A lone number may be a page's own.
        prop_assert!(found.is_same_text(), "{:?}", found.differences);
    }

    #[test]
    fn one_replaced_word_is_the_one_difference(
        words in prop::collection::vec("[a-z]{2,6}|[0-9]{1,3}\\.[0-9]{3}", 1..60),
        at in 0..60usize,
    ) {
        let at = at % words.len();
        let mut altered = words.clone();
        altered[at] = "77.777".to_owned();
        let found = compared(&[&words.join(" ")], &[&altered.join(" ")]);
        if words[at] == "77.777" {
            prop_assert!(found.is_same_text());
        } else {
            prop_assert_eq!(pairs(&found), [(words[at].as_str(), "77.777")]);
        }
    }
}
