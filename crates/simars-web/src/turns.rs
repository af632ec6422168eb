//! Whose turn it is when more is asked for than can be worked out at once.
//!
//! So many answers are worked out at a time as there are processors for. Whoever comes then waits,
//! and of those who wait the one is next whose address has used the server least lately: a reader,
//! who opens a page now and then, goes before a robot, which asks without a pause. Nobody is refused
//! while there is room to wait; once there is none, those who used most are told to come back. So
//! there is no number of requests that an address may not exceed, and a school behind one address is
//! slow at worst while everything is quiet elsewhere.
//!
//! What an address used is the time its answers took, fading as it passes ([`FADES`]). Since all of
//! it fades alike, one number for each address keeps their order for ever (forward decay).

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::oneshot;

use crate::limit::{address, network};
use crate::problem::Code;
use crate::public;
use crate::shell::Visit;
use crate::state::Settings;

/// What was used a while ago counts less: after each such time 1/e of it.
const FADES: Duration = Duration::from_secs(20);
/// What is taken beforehand of whoever asks: about what an answer takes. So the second question of
/// an address waits behind the first of another.
const BEFOREHAND: Duration = Duration::from_millis(3);
/// Addresses whose use is remembered; those that used least are forgotten first.
const ADDRESSES: usize = 16_384;
/// An address that holds more than one in so many places of a full line is told that it asks too
/// much; others are told that the server is busy.
const CROWD: usize = 4;
/// When to come back, in seconds: the server may have room by then; and who crowds it, later.
const SOON: &str = "5";
const LATER: &str = "30";

/// How much is worked out at once, and who may wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Answers at the same time.
    pub(crate) at_once: usize,
    /// Places to wait.
    pub(crate) line: usize,
    /// How long somebody waits at most.
    pub(crate) patience: Duration,
}

impl Size {
    /// What suits this machine: a few more answers than processors, since some wait for the disk.
    pub(crate) fn of_machine() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self { at_once: 2 * processors, line: 2_048, patience: Duration::from_secs(10) }
    }
}

/// Why somebody is told to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no room for anybody more.
    Busy,
    /// There is none because this address takes so much of it.
    Crowding,
}

/// The turns of one kind of answers. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    size: Size,
    began: Instant,
    line: Mutex<Line>,
}

/// Who is served, who waits, and what was used.
#[derive(Debug, Default)]
struct Line {
    served: usize,
    waiting: BTreeMap<Place, Waiting>,
    arrivals: u64,
    used: HashMap<IpAddr, Used>,
}

/// A place in the line: what was used, then who came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    used: Used,
    arrival: u64,
}

#[derive(Debug)]
struct Waiting {
    address: IpAddr,
    call: oneshot::Sender<Result<Turn, Refusal>>,
}

/// What an address used, as a number that keeps its order while everything fades: the logarithm of
/// the seconds used, had they been used at the beginning and not faded since.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Used(f64);

impl Eq for Used {}

impl PartialOrd for Used {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Used {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Used {
    const NOTHING: Self = Self(f64::NEG_INFINITY);

    /// So many seconds, used `now`.
    fn new(seconds: f64, now: Duration) -> Self {
        Self(now.div_duration_f64(FADES) + seconds.ln())
    }

    /// What is left of it in seconds.
    fn seconds(self, now: Duration) -> f64 {
        (self.0 - now.div_duration_f64(FADES)).exp()
    }

    /// With more used now.
    fn and(self, more: Duration, now: Duration) -> Self {
        Self::new(self.seconds(now) + more.as_secs_f64(), now)
    }
}

impl Line {
    fn used(&self, address: IpAddr) -> Used {
        self.used.get(&address).copied().unwrap_or(Used::NOTHING)
    }

    /// Remembers that an address used so much.
    fn charge(&mut self, address: IpAddr, more: Duration, now: Duration) {
        let used = self.used(address).and(more, now);
        let mut least = BEFOREHAND.as_secs_f64() / 16.0;
        while self.used.len() >= ADDRESSES && !self.used.contains_key(&address) {
            self.used.retain(|_, used| used.seconds(now) > least);
            least *= 4.0;
        }
        self.used.insert(address, used);
    }

    /// Makes room for one more in a full line of `most`: whoever used most leaves it, which may be the
    /// one that has just come.
    fn make_room(&mut self, most: usize, newcomer: (Place, IpAddr)) -> Result<(), Refusal> {
        if self.waiting.len() < most {
            return Ok(());
        }
        let last = self.waiting.last_key_value().map(|(place, _)| *place);
        if last.is_none_or(|last| last < newcomer.0) {
            return Err(self.refusal(newcomer.1));
        }
        if let Some((_, last)) = self.waiting.pop_last() {
            let refusal = self.refusal(last.address);
            // If it has gone by itself, it need not be told.
            let _ = last.call.send(Err(refusal));
        }
        Ok(())
    }

    fn refusal(&self, address: IpAddr) -> Refusal {
        let own = self.waiting.values().filter(|waiting| waiting.address == address).count();
        if own * CROWD > self.waiting.len() { Refusal::Crowding } else { Refusal::Busy }
    }
}

impl Turns {
    /// Nobody is served yet.
    pub(crate) fn new(size: Size) -> Self {
        Self(Arc::new(Inner { size, began: Instant::now(), line: Mutex::default() }))
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.0.line().waiting.len()
    }

    /// Waits until it is the turn of somebody at this address.
    pub(crate) async fn wait(&self, address: IpAddr) -> Result<Turn, Refusal> {
        let inner = &self.0;
        let address = network(address);
        let (call, called) = oneshot::channel();
        let place = {
            let now = inner.began.elapsed();
            let mut line = inner.line();
            line.arrivals += 1;
            let place = Place { used: line.used(address), arrival: line.arrivals };
            if line.served < inner.size.at_once {
                line.served += 1;
                line.charge(address, BEFOREHAND, now);
                return Ok(Turn::new(inner, address));
            }
            line.make_room(inner.size.line, (place, address))?;
            line.charge(address, BEFOREHAND, now);
            line.waiting.insert(place, Waiting { address, call });
            place
        };
        // Leaves the line also if the connection is closed meanwhile.
        let _in_line = InLine { inner, place };
        match tokio::time::timeout(inner.size.patience, called).await {
            Ok(Ok(outcome)) => outcome,
            _ => Err(Refusal::Busy),
        }
    }
}

impl Inner {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody was served, which took `took`: whoever is next goes on.
    fn next(self: &Arc<Self>, address: IpAddr, took: Duration) {
        let now = self.began.elapsed();
        self.line().charge(address, took.saturating_sub(BEFOREHAND), now);
        loop {
            let next = {
                let mut line = self.line();
                let next = line.waiting.pop_first();
                if next.is_none() {
                    line.served = line.served.saturating_sub(1);
                }
                next
            };
            let Some((_, next)) = next else { return };
            match next.call.send(Ok(Turn::new(self, next.address))) {
                Ok(()) => return,
                // It has gone: its turn is the next one's, and nothing was used.
                Err(Ok(mut turn)) => turn.inner = None,
                Err(Err(_)) => {}
            }
        }
    }
}

/// A place in the line, given up when it is dropped.
struct InLine<'a> {
    inner: &'a Inner,
    place: Place,
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.inner.line().waiting.remove(&self.place);
    }
}

/// Somebody's turn, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    inner: Option<Arc<Inner>>,
    address: IpAddr,
    began: Instant,
}

impl Turn {
    fn new(inner: &Arc<Inner>, address: IpAddr) -> Self {
        Self { inner: Some(Arc::clone(inner)), address, began: Instant::now() }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.take() {
            inner.next(self.address, self.began.elapsed());
        }
    }
}

/// Lets each question wait for its turn. What brings a body of its own (an upload, a form) is not
/// held up here: it has places elsewhere, and may take long to come. A harvester may ask by POST.
pub(crate) async fn layer(
    State((state, turns)): State<(Arc<crate::State>, Turns)>,
    request: Request,
    next: Next,
) -> Response {
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    if !asks && request.uri().path() != "/oai" {
        return next.run(request).await;
    }
    match turns.wait(address(&request)).await {
        Ok(turn) => {
            let answer = next.run(request).await;
            drop(turn);
            answer
        }
        Err(refusal) => refused(&state.settings, request, refusal).await,
    }
}

/// Says when to come back: a page to people, a problem to programs.
async fn refused(settings: &Settings, request: Request, refusal: Refusal) -> Response {
    let (mut parts, _) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, &()).await;
    let (code, when) = match refusal {
        Refusal::Busy => (Code::Busy, SOON),
        Refusal::Crowding => (Code::TooMany, LATER),
    };
    let mut answer = public::error::answer(settings, &visit, code);
    let headers = answer.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static(when));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
mod tests;
