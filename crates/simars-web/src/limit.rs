//! How often something costly may be asked for: so much at once, then only now and then.
//!
//! One bucket for everybody together and one for each address, filled again as time passes (the
//! generic cell rate algorithm: a bucket is one point in time). The clock is the caller's.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;

/// Addresses remembered at a time. Beyond that only the common bucket counts.
const ADDRESSES: usize = 4_096;
/// A proxy on the same machine says here for whom it asks, last of all.
const FORWARDED: &str = "x-forwarded-for";

/// How much may be asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// At once.
    pub(crate) burst: u32,
    /// Then once in this time.
    pub(crate) interval: Duration,
}

/// When a bucket will be full again, as time since the clock began.
type FullAt = Duration;

/// All buckets.
#[derive(Debug)]
struct Buckets {
    each: Rate,
    all: Rate,
    everybody: FullAt,
    by_address: HashMap<IpAddr, FullAt>,
}

impl Rate {
    /// What the bucket becomes when one is taken from it; or how long to wait for that.
    fn take(self, full_at: FullAt, now: Duration) -> Result<FullAt, Duration> {
        let full_at = full_at.max(now);
        let room = self.interval * self.burst.saturating_sub(1);
        match (full_at - now).checked_sub(room) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => Ok(full_at + self.interval),
        }
    }
}

impl Buckets {
    /// Takes one for this address; or says how long to wait, and takes nothing.
    fn take(&mut self, address: IpAddr, now: Duration) -> Result<(), Duration> {
        let address = network(address);
        let own = self.by_address.get(&address).copied().unwrap_or_default();
        let own = self.each.take(own, now)?;
        self.everybody = self.all.take(self.everybody, now)?;
        if self.by_address.len() >= ADDRESSES {
            self.by_address.retain(|_, full_at| *full_at > now);
        }
        if self.by_address.len() < ADDRESSES || self.by_address.contains_key(&address) {
            self.by_address.insert(address, own);
        }
        Ok(())
    }
}

/// Whoever has one address of version 6 has all of its network.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(old) => IpAddr::V4(old),
            None => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        },
    }
}

/// Limits that all requests share.
#[derive(Debug, Clone)]
pub(crate) struct Limiter {
    buckets: Arc<Mutex<Buckets>>,
    began: Instant,
}

impl Limiter {
    /// So much for each address, and so much for all together.
    pub(crate) fn new(each: Rate, all: Rate) -> Self {
        let buckets = Buckets { each, all, everybody: Duration::ZERO, by_address: HashMap::new() };
        Self { buckets: Arc::new(Mutex::new(buckets)), began: Instant::now() }
    }

    /// Takes one for whoever sent this request; or says how long to wait.
    pub(crate) fn take(&self, request: &Request) -> Result<(), Duration> {
        self.take_for(address(request))
    }

    /// Takes one for this address; or says how long to wait.
    pub(crate) fn take_for(&self, address: IpAddr) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.take(address, self.began.elapsed())
    }
}

/// Who sent a request. What a proxy says is believed only of one on this machine: anyone else could
/// write anything.
pub(crate) fn address(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    told_address(request.headers(), peer.map(|peer| peer.0.ip()))
}

/// The same from a request's parts.
pub(crate) fn told_address(headers: &HeaderMap, peer: Option<IpAddr>) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    if !peer.to_canonical().is_loopback() {
        return peer;
    }
    let told = headers.get_all(FORWARDED).iter().next_back();
    let told = told.and_then(|value| value.to_str().ok());
    let last = told.and_then(|value| value.rsplit(',').next());
    last.and_then(|last| last.trim().parse().ok()).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn buckets() -> Buckets {
        let each = Rate { burst: 2, interval: 10 * SECOND };
        let all = Rate { burst: 3, interval: SECOND };
        Buckets { each, all, everybody: Duration::ZERO, by_address: HashMap::new() }
    }

    fn v4(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn a_burst_then_one_at_a_time() {
        let mut buckets = buckets();
        let now = 100 * SECOND;
        assert_eq!(buckets.take(v4(1), now), Ok(()));
        assert_eq!(buckets.take(v4(1), now), Ok(()));
        assert_eq!(buckets.take(v4(1), now), Err(10 * SECOND));
        assert_eq!(buckets.take(v4(1), now + 4 * SECOND), Err(6 * SECOND));
        assert_eq!(buckets.take(v4(1), now + 10 * SECOND), Ok(()));
        assert_eq!(buckets.take(v4(1), now + 10 * SECOND), Err(10 * SECOND));
        assert_eq!(buckets.take(v4(1), now + 500 * SECOND), Ok(()));
        assert_eq!(buckets.take(v4(1), now + 500 * SECOND), Ok(()));
    }

    #[test]
    fn all_together_have_a_limit_too() {
        let mut buckets = buckets();
        for last in 1..4 {
            assert_eq!(buckets.take(v4(last), Duration::ZERO), Ok(()));
        }
        assert_eq!(buckets.take(v4(4), Duration::ZERO), Err(SECOND));
        // Who was sent away has lost nothing.
        assert_eq!(buckets.take(v4(4), SECOND), Ok(()));
    }

    #[test]
    fn a_network_of_version_six_is_one_address() {
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        assert_eq!(network(one), network("2001:db8::ffff:1".parse().unwrap()));
        assert_ne!(network(one), network("2001:db8:0:1::1".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), v4(1));
    }

    #[test]
    fn only_so_many_addresses_are_remembered() {
        let rate = Rate { burst: 1, interval: 10 * SECOND };
        let all = Rate { burst: u32::MAX, interval: Duration::from_nanos(1) };
        let mut buckets =
            Buckets { each: rate, all, everybody: Duration::ZERO, by_address: HashMap::new() };
        let address = |n: u32| IpAddr::from(n.to_be_bytes());
        for n in 0..ADDRESSES as u32 + 100 {
            assert_eq!(buckets.take(address(n), Duration::ZERO), Ok(()));
        }
        assert_eq!(buckets.by_address.len(), ADDRESSES);
        assert!(buckets.take(address(0), Duration::ZERO).is_err());
        assert_eq!(buckets.take(address(1 << 20), 20 * SECOND), Ok(()));
        assert_eq!(buckets.by_address.len(), 1, "those that are full again are forgotten");
    }

    #[test]
    fn a_proxy_is_believed_only_on_this_machine() {
        let asked = |peer: &str, told: &str| {
            let mut request = Request::new(Body::empty());
            let peer: SocketAddr = peer.parse().unwrap();
            request.extensions_mut().insert(ConnectInfo(peer));
            request.headers_mut().insert(FORWARDED, told.parse().unwrap());
            address(&request)
        };
        assert_eq!(asked("127.0.0.1:9", "198.51.100.7, 192.0.2.1"), v4(1));
        assert_eq!(asked("192.0.2.2:9", "192.0.2.1"), v4(2));
        assert_eq!(asked("127.0.0.1:9", "no address"), IpAddr::from([127, 0, 0, 1]));
    }
}
