//! Making a picture smaller: each new pixel is the mean of the area it covers.

use super::picture::Picture;

/// The picture at `width` × `height`, neither of which may be larger than it is.
pub(super) fn shrink(picture: Picture, width: u32, height: u32) -> Picture {
    let (width, height) = (width.clamp(1, picture.width), height.clamp(1, picture.height));
    if (width, height) == (picture.width, picture.height) {
        return picture;
    }
    let channels = picture.colour.channels();
    let stride = picture.width as usize * channels;
    let columns = spans(picture.width, width);
    let mut points = Vec::with_capacity(width as usize * height as usize * channels);
    let mut sums = vec![0.0_f32; stride];
    for span in spans(picture.height, height) {
        sums.fill(0.0);
        for row in span.first..=span.last {
            let weight = span.weight(row);
            let source = &picture.points[row * stride..(row + 1) * stride];
            for (sum, &point) in sums.iter_mut().zip(source) {
                *sum += f32::from(point) * weight;
            }
        }
        for column in &columns {
            for channel in 0..channels {
                let mean: f32 = (column.first..=column.last)
                    .map(|at| sums[at * channels + channel] * column.weight(at))
                    .sum();
                points.push((mean + 0.5) as u8);
            }
        }
    }
    Picture { width, height, points, ..picture }
}

/// The old pixels along one side that a new pixel covers.
struct Span {
    first: usize,
    last: usize,
    first_weight: f32,
    last_weight: f32,
    weight: f32,
}

impl Span {
    /// The share of the new pixel that an old one has; all shares add up to 1.
    fn weight(&self, at: usize) -> f32 {
        match at {
            _ if at == self.first => self.first_weight,
            _ if at == self.last => self.last_weight,
            _ => self.weight,
        }
    }
}

fn spans(old: u32, new: u32) -> Vec<Span> {
    let ratio = f64::from(old) / f64::from(new);
    let span = |index: u32| {
        let from = f64::from(index) * ratio;
        let to = (f64::from(index + 1) * ratio).min(f64::from(old));
        let first = from.floor() as usize;
        let last = ((to - 1e-9).floor() as usize).clamp(first, old as usize - 1);
        let covered = |at: usize| (to.min(at as f64 + 1.0) - from.max(at as f64)) / (to - from);
        Span {
            first,
            last,
            first_weight: covered(first) as f32,
            last_weight: covered(last) as f32,
            weight: (1.0 / (to - from)) as f32,
        }
    };
    (0..new).map(span).collect()
}
