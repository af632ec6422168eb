//! Reading no faster than is wished, so that whoever files or reads is not kept waiting.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets so many bytes pass in a second, for all threads together.
#[derive(Debug)]
pub(crate) struct Pace {
    bytes_per_second: Option<u64>,
    next: Mutex<Instant>,
}

impl Pace {
    pub(crate) fn new(bytes_per_second: Option<u64>) -> Self {
        Self { bytes_per_second, next: Mutex::new(Instant::now()) }
    }

    /// Waits until these bytes may pass.
    pub(crate) fn wait(&self, bytes: usize) {
        let Some(rate) = self.bytes_per_second.filter(|rate| *rate > 0) else { return };
        let now = Instant::now();
        let due = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            *next = (*next).max(now) + Duration::from_secs_f64(bytes as f64 / rate as f64);
            *next
        };
        std::thread::sleep(due.saturating_duration_since(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_kept_by_all_threads_together() {
        let pace = Pace::new(Some(1_000_000));
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..10).for_each(|_| pace.wait(2_500)));
            }
        });
        assert!(begun.elapsed() >= Duration::from_millis(95), "{:?}", begun.elapsed());
    }
}
