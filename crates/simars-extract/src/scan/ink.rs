//! Which points of a picture are ink.

use crate::gray::Gray;

/// The points of a picture, row by row; 1 is ink, 0 is paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ink {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Exactly `width * height` values.
    pub(crate) points: Vec<u8>,
}

impl Ink {
    /// The points that are darker than `threshold`.
    pub(crate) fn of(picture: &Gray, threshold: u8) -> Self {
        let points = picture.points.iter().map(|&point| u8::from(point < threshold)).collect();
        Self { width: picture.width, height: picture.height, points }
    }

    /// Row `y`.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        self.points.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// Whether there is ink; outside of the picture there is none.
    pub(crate) fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.width && self.points.get(y * self.width + x) == Some(&1)
    }
}

/// The value that parts ink from paper best (Otsu 1979: the largest variance between the two),
/// kept within a range where it cannot take paper for ink on an empty page.
pub(crate) fn threshold(picture: &Gray) -> u8 {
    let mut counts = [0_u32; 256];
    // Every seventh point tells the same as all of them.
    picture.points.iter().step_by(7).for_each(|&point| counts[usize::from(point)] += 1);
    let total = f64::from(counts.iter().sum::<u32>());
    let weighted = |(value, &count): (usize, &u32)| value as f64 * f64::from(count);
    let sum: f64 = counts.iter().enumerate().map(weighted).sum();
    let (mut dark, mut dark_sum, mut best, mut best_variance) = (0.0, 0.0, 128, 0.0);
    for (value, &count) in counts.iter().enumerate() {
        dark += f64::from(count);
        dark_sum += value as f64 * f64::from(count);
        let light = total - dark;
        if dark == 0.0 || light == 0.0 {
            continue;
        }
        let apart = dark_sum / dark - (sum - dark_sum) / light;
        let variance = dark * light * apart * apart;
        if variance > best_variance {
            (best, best_variance) = (value, variance);
        }
    }
    // Otsu's value is the last that counts as ink.
    (best as u8).saturating_add(1).clamp(96, 192)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_and_paper_are_parted_between_them() {
        let mut points = vec![230; 700];
        points.iter_mut().step_by(3).for_each(|point| *point = 70);
        let picture = Gray { width: 70, height: 10, points };
        let found = threshold(&picture);
        assert!((71..=230).contains(&found), "{found}");
        assert_eq!(Ink::of(&picture, found).row(0)[..4], [1, 0, 0, 1]);
    }

    #[test]
    fn an_empty_picture_has_no_ink() {
        for value in [200, 255] {
            let picture = Gray { width: 10, height: 10, points: vec![value; 100] };
            assert!(!Ink::of(&picture, threshold(&picture)).points.contains(&1));
        }
        let nothing = Gray { width: 0, height: 0, points: Vec::new() };
        assert!(!Ink::of(&nothing, threshold(&nothing)).is_dark(0, 0));
    }
}
