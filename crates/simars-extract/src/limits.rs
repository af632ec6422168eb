//! What reading one file may cost.

use std::num::NonZero;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The bounds for reading one file. Reaching one is a finding, never a silent cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Time on the wall clock for the first reader, from when its child starts; a second, simpler
    /// one gets a quarter of it and a quarter of the processor time, at most twice.
    pub wall: Duration,
    /// Processor time of one child process, in whole seconds.
    pub cpu: Duration,
    /// Address space of one child process in bytes, beside the file itself.
    pub memory_bytes: u64,
    /// Child processes at once; whoever comes later waits in line. At least one.
    pub children: usize,
    /// Pages read from one file.
    pub pages: u32,
    /// Bytes of text read from one file.
    pub text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(15),
            cpu: Duration::from_secs(12),
            memory_bytes: 512 << 20,
            children: std::thread::available_parallelism().map_or(2, NonZero::get),
            pages: 20_000,
            text_bytes: 64 << 20,
        }
    }
}
