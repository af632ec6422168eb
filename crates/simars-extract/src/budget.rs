//! The time a reader has, so that it stops itself and keeps what it has read.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::Limits;

/// Of each limit, the share that a reader uses before it stops itself; the rest is for answering.
const OWN_SHARE: f64 = 0.85;

/// Time from the clock on the wall and time of the processor, whichever ends first: on a busy
/// machine the first passes while nothing is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    started: Instant,
    wall: Duration,
    cpu: Duration,
}

impl Budget {
    /// A budget from now on.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            started: Instant::now(),
            wall: limits.wall.mul_f64(OWN_SHARE),
            cpu: limits.cpu.mul_f64(OWN_SHARE),
        }
    }

    /// Whether it is used up.
    pub(crate) fn is_spent(&self) -> bool {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        let used = Duration::try_from(used).unwrap_or(Duration::MAX);
        self.started.elapsed() >= self.wall || used >= self.cpu
    }
}
