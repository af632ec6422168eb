//! How far a page is turned.

use super::Ink;

/// The largest skew that is looked for, in degrees.
const MOST: f32 = 8.0;
const COARSE_STEP: f32 = 0.4;
const FINE_STEP: f32 = 0.05;
/// The best angle must be this much better than the middle of all, or the page has no lines of
/// text to tell it by.
const CLEAR: f64 = 1.12;
/// About as many points as make the coarse and the fine search sure.
const COARSE_POINTS: usize = 20_000;
const FINE_POINTS: usize = 80_000;

/// The angle in degrees by which the lines of text fall towards the right; 0 when none is clear.
///
/// The lower edges of letters stand on few lines when one looks along the text: the angle at
/// which the counts by line are most uneven is that of the text.
pub(super) fn angle(ink: &Ink) -> f32 {
    let edges = lower_edges(ink);
    if edges.len() < 200 {
        return 0.0;
    }
    let sample = |most: usize| -> Vec<(f32, f32)> {
        edges.iter().copied().step_by(edges.len() / most + 1).collect()
    };
    let height = ink.height as f32;
    let coarse = sample(COARSE_POINTS);
    let steps = (2.0 * MOST / COARSE_STEP).round() as i32;
    let angles = (0..=steps).map(|step| step as f32 * COARSE_STEP - MOST);
    let scores: Vec<(f32, f64)> =
        angles.map(|angle| (angle, unevenness(&coarse, angle, height))).collect();
    let Some((best, score)) = highest(&scores) else { return 0.0 };
    let mut sorted: Vec<f64> = scores.iter().map(|(_, score)| *score).collect();
    sorted.sort_by(f64::total_cmp);
    if score < sorted[sorted.len() / 2] * CLEAR {
        return 0.0;
    }
    let fine = sample(FINE_POINTS);
    let steps = (2.4 * COARSE_STEP / FINE_STEP).round() as i32;
    let angles = (0..=steps).map(|step| best + step as f32 * FINE_STEP - 1.2 * COARSE_STEP);
    let scores: Vec<(f32, f64)> =
        angles.map(|angle| (angle, unevenness(&fine, angle, height))).collect();
    // On a small page several angles are as good as each other: the middle of them is meant.
    let most = highest(&scores).map_or(0.0, |(_, score)| score);
    let good: Vec<f32> = scores
        .iter()
        .filter(|(_, score)| *score >= most * 0.999)
        .map(|(angle, _)| *angle)
        .collect();
    good.iter().sum::<f32>() / good.len().max(1) as f32
}

fn highest(scores: &[(f32, f64)]) -> Option<(f32, f64)> {
    scores.iter().copied().max_by(|(_, one), (_, other)| one.total_cmp(other))
}

/// Ink with paper right below it.
fn lower_edges(ink: &Ink) -> Vec<(f32, f32)> {
    let mut edges = Vec::new();
    for y in 0..ink.height.saturating_sub(1) {
        let below = ink.row(y + 1);
        for (x, (&here, &next)) in ink.row(y).iter().zip(below).enumerate() {
            if here > next {
                edges.push((x as f32, y as f32));
            }
        }
    }
    edges
}

/// The sum of the squares of how many edges lie on each line, seen along `angle`.
fn unevenness(edges: &[(f32, f32)], angle: f32, height: f32) -> f64 {
    let slope = angle.to_radians().tan();
    // Lines of two points' height, with room for the ends of the steepest ones.
    let room = height / 2.0;
    let mut counts = vec![0_u32; (height + 2.0 * room) as usize / 2 + 2];
    for (x, y) in edges {
        let line = (y - x * slope + room) * 0.5;
        if let Some(count) = counts.get_mut(line as usize) {
            *count += 1;
        }
    }
    counts.iter().map(|&count| f64::from(count) * f64::from(count)).sum()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A page of short bars in lines, as text looks from afar, falling by `degrees`.
    pub(in crate::scan) fn page(degrees: f32) -> Ink {
        let (width, height) = (400_usize, 500_usize);
        let mut points = vec![0; width * height];
        let slope = degrees.to_radians().tan();
        for line in 0..18 {
            for x in (40..360).filter(|x| x % 9 < 6) {
                let top = 60.0 + line as f32 * 20.0 + x as f32 * slope;
                let tall = if x % 27 < 9 { 12 } else { 8 };
                for y in (0..tall).map(|up| top as usize + 12 - up) {
                    points[y * width + x] = 1;
                }
            }
        }
        Ink { width, height, points }
    }

    #[test]
    fn the_angle_of_made_lines_is_found() {
        for degrees in [-6.0_f32, -2.3, -0.4, 0.0, 0.7, 3.0] {
            let found = angle(&page(degrees));
            // A fifth of a degree is one point over the width of this small page.
            assert!((found - degrees).abs() < 0.2, "{degrees}: {found}");
        }
    }

    #[test]
    fn where_no_lines_are_nothing_is_turned() {
        let empty = Ink { width: 300, height: 300, points: vec![0; 90_000] };
        assert_eq!(angle(&empty), 0.0);
        // Scattered points, by a plain linear congruence.
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u8::from(state >> 28 == 0)
        };
        let noise = Ink { points: (0..90_000).map(|_| next()).collect(), ..empty };
        assert_eq!(angle(&noise), 0.0);
    }
}
