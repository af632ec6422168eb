//! Answers of children and of the engine, changed at random, and pictures that are no pages: what
//! the caller itself makes of them.

use simars_testkit::mutation::{Random, mutated};

use super::*;

const SEED: u64 = 7;

/// A page with ruling lines, noise, bars and blank parts, of any shape.
fn picture(random: &mut Random) -> Gray {
    let side = |random: &mut Random| match random.below(4) {
        0 => 1 + random.below(3),
        1 => 1 + random.below(40),
        _ => 100 + random.below(300),
    };
    let (width, height) = (side(random), side(random));
    let paper = *random.one_of(&[255_u8, 230, 128, 0]);
    let mut points = vec![paper; width * height];
    for _ in 0..random.below(30) {
        let (x, y) = (random.below(width), random.below(height));
        let (across, down) = match random.below(3) {
            0 => (width - x, 1 + random.below(4)),
            1 => (1 + random.below(4), height - y),
            _ => (1 + random.below(20), 1 + random.below(20)),
        };
        let shade = random.below(256) as u8;
        for row in points.chunks_exact_mut(width).skip(y).take(down) {
            row[x..].iter_mut().take(across).for_each(|point| *point = shade);
        }
    }
    for _ in 0..random.below(points.len() / 2 + 1) {
        let at = random.below(points.len());
        points[at] = random.below(256) as u8;
    }
    Gray { width, height, points }
}

/// As the child answers.
fn answer(scan: &Scan) -> Vec<u8> {
    let size = (scan.picture.width, scan.picture.height);
    let head: Result<Head, Finding> = Ok(Head { notes: scan.notes.clone(), size });
    let head = serde_json::to_vec(&head).unwrap();
    [&(head.len() as u32).to_le_bytes(), head.as_slice(), &scan.picture.points].concat()
}

#[test]
fn any_picture_is_made_ready_and_comes_over_whole() {
    for number in 0..150 {
        let mut random = Random::case(SEED, number);
        let picture = picture(&mut random);
        let shape = (picture.width, picture.height);
        let scan = scan::prepare(picture, random.below(4) as u8);
        let Scan { picture, notes } = &scan;
        assert_eq!(picture.points.len(), picture.width * picture.height, "{number} {shape:?}");
        let lines = grid::find(&notes.lines);
        assert!(lines.iter().all(|grid| grid.area().2 < picture.width), "{number} {shape:?}");
        let read = decode_scan(&answer(&scan)).unwrap_or_else(|wrong| panic!("{number}: {wrong}"));
        assert_eq!(read, Ok(scan), "{number}");
    }
}

#[test]
fn changed_scans_are_refused_or_possible() {
    let scans: Vec<Vec<u8>> = (0..8)
        .map(|number| answer(&scan::prepare(picture(&mut Random::case(SEED, number)), 0)))
        .collect();
    let mut taken = 0;
    for number in 0..3000 {
        let mut random = Random::case(SEED, number);
        let whole = random.one_of(&scans);
        // Often only the head is changed, since the picture is most of the bytes.
        let length = u32::from_le_bytes(*whole.first_chunk().unwrap()) as usize;
        let (head, points) = whole[4..].split_at(length);
        let head = mutated(head, head, &mut random);
        let body = match random.below(4) {
            0 => mutated(whole, points, &mut random),
            _ => [&(head.len() as u32).to_le_bytes(), head.as_slice(), points].concat(),
        };
        let Ok(Ok(scan)) = decode_scan(&body) else { continue };
        taken += 1;
        let Gray { width, height, points } = &scan.picture;
        assert_eq!(width * height, points.len(), "{number}");
        for grid in grid::find(&scan.notes.lines) {
            let (left, top, right, bottom) = grid.area();
            assert!(left <= right && right < *width && top <= bottom && bottom < *height);
            let mut rest = scan.picture.clone();
            mosaic::blank(&mut rest, grid.area());
        }
    }
    assert!(taken > 100, "only {taken} were possible");
}

#[test]
fn changed_tables_of_words_give_only_sensible_words() {
    let good = "level\tpage_num\tblock_num\n1\t1\t0\t0\t0\t0\t0\t0\t900\t900\t-1\t\n\
                5\t1\t1\t1\t1\t1\t10\t20\t30\t12\t96.5\tJumlah\n5\t1\t1\t1\t1\t2\t50\t20\t30\t12\t88\t1.204\n\
                5\t1\t1\t2\t1\t1\t10\t60\t30\t12\t-1\té—x\n"
        .repeat(3);
    for number in 0..4000 {
        let mut random = Random::case(SEED, number);
        let changed =
            mutated(good.as_bytes(), b"5\t1\t1\t1\t1\t1\t0\t0\t0\t0\tNaN\tx\n", &mut random);
        for line in tsv::lines(&changed) {
            assert!(!line.words.is_empty(), "{number}");
            for word in &line.words {
                assert!(!word.text.is_empty() && !word.text.contains(char::is_whitespace));
                assert!(word.left <= word.right && word.top <= word.bottom, "{number}: {word:?}");
                assert!((0.0..=100.0).contains(&word.confidence), "{number}: {word:?}");
            }
        }
    }
}
