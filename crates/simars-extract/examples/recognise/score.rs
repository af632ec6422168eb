//! How many words are right.

use std::collections::HashMap;

/// Token F1: twice the tokens in both, as often as they occur in both, over all tokens of the
/// two. Tokens are runs of letters and digits, in small letters.
pub(crate) fn loose(truth: &str, read: &str) -> f64 {
    let tokens = |text: &str| -> Vec<String> {
        text.split(|one: char| !one.is_alphanumeric())
            .filter(|token| !token.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    f1(&tokens(truth), &tokens(read))
}

/// The same with everything between white space as a token, nothing folded.
pub(crate) fn strict(truth: &str, read: &str) -> f64 {
    let tokens = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    f1(&tokens(truth), &tokens(read))
}

fn f1(truth: &[String], read: &[String]) -> f64 {
    if truth.is_empty() && read.is_empty() {
        return 1.0;
    }
    let mut counts: HashMap<&str, i64> = HashMap::new();
    truth.iter().for_each(|token| *counts.entry(token).or_default() += 1);
    let mut both = 0_usize;
    for token in read {
        if let Some(count) = counts.get_mut(token.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            both += 1;
        }
    }
    2.0 * both as f64 / (truth.len() + read.len()) as f64
}

/// The mean, the median and the least.
pub(crate) fn summary(scores: &[f64]) -> (f64, f64, f64) {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mean = sorted.iter().sum::<f64>() / sorted.len().max(1) as f64;
    let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
    (mean, at(sorted.len() / 2), at(0))
}
