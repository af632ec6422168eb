//! Whose turn it is: order, room, and that no turn is ever lost.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::*;

const SIZE: Size = Size { at_once: 1, line: 4, patience: Duration::from_secs(3_600) };

fn from(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn used(turns: &Turns, address: IpAddr, seconds: u64) {
    let now = turns.0.began.elapsed();
    turns.0.line().charge(address, Duration::from_secs(seconds), now);
}

/// Somebody who asks, and waits if need be.
type Asks<'a> = Pin<Box<dyn Future<Output = Result<Turn, Refusal>> + 'a>>;

/// What came of it, if anything did by now.
fn now(asks: &mut Asks<'_>) -> Option<Result<Turn, Refusal>> {
    match asks.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}

fn asks(turns: &Turns, last: u8) -> Asks<'_> {
    let mut waits: Asks<'_> = Box::pin(turns.wait(from(last)));
    assert!(now(&mut waits).is_none(), "{last} is served at once");
    waits
}

#[tokio::test]
async fn whoever_used_least_goes_first() {
    let turns = Turns::new(SIZE);
    used(&turns, from(1), 100);
    used(&turns, from(2), 10);
    let first = turns.wait(from(1)).await.unwrap();
    let mut robot = asks(&turns, 1);
    let mut reader = asks(&turns, 2);
    let mut newcomer = asks(&turns, 3);
    assert_eq!(turns.waiting(), 3);
    drop(first);
    let third = now(&mut newcomer).expect("the newcomer is next").unwrap();
    assert!(now(&mut reader).is_none());
    drop(third);
    let second = now(&mut reader).expect("then the reader").unwrap();
    assert!(now(&mut robot).is_none());
    drop(second);
    drop(now(&mut robot).expect("then the robot").unwrap());
    assert!(turns.wait(from(9)).await.is_ok(), "and all is free again");
}

#[tokio::test]
async fn the_second_question_of_one_waits_behind_the_first_of_another() {
    let turns = Turns::new(SIZE);
    let first = turns.wait(from(9)).await.unwrap();
    let mut one = asks(&turns, 1);
    let mut again = asks(&turns, 1);
    let mut other = asks(&turns, 2);
    drop(first);
    let turn = now(&mut one).expect("came first, used nothing").unwrap();
    drop(turn);
    assert!(now(&mut again).is_none());
    assert!(now(&mut other).is_some());
}

#[tokio::test]
async fn a_full_line_turns_away_whoever_used_most() {
    let turns = Turns::new(SIZE);
    used(&turns, from(1), 100);
    let first = turns.wait(from(9)).await.unwrap();
    let mut robots = Vec::new();
    for _ in 0..SIZE.line {
        robots.push(asks(&turns, 1));
    }
    let refused = turns.wait(from(1)).await;
    assert_eq!(refused.err(), Some(Refusal::Crowding), "the line is full of its own questions");
    let mut reader = asks(&turns, 2);
    let told = now(&mut robots[SIZE.line - 1]).expect("made room");
    assert_eq!(told.err(), Some(Refusal::Crowding));
    drop(first);
    let _turn = now(&mut reader).expect("the reader is next").unwrap();
    assert_eq!(turns.waiting(), SIZE.line - 1);
}

#[tokio::test]
async fn many_who_each_ask_once_are_told_that_it_is_busy() {
    let turns = Turns::new(SIZE);
    let _first = turns.wait(from(9)).await.unwrap();
    let mut waiting = Vec::new();
    for last in 1..=4 {
        waiting.push(asks(&turns, last));
    }
    used(&turns, from(5), 1);
    assert_eq!(turns.wait(from(5)).await.err(), Some(Refusal::Busy));
    let told = now(&mut waiting[0]);
    assert!(told.is_none(), "nobody lost a place to somebody who used more");
}

#[tokio::test]
async fn whoever_goes_away_loses_nobody_a_turn() {
    let turns = Turns::new(SIZE);
    let first = turns.wait(from(9)).await.unwrap();
    let gone = asks(&turns, 1);
    let called_and_gone = asks(&turns, 2);
    let mut last = asks(&turns, 3);
    drop(gone);
    assert_eq!(turns.waiting(), 2);
    drop(first);
    // It was called, and does not come any more.
    drop(called_and_gone);
    let turn = now(&mut last).expect("the last is served").unwrap();
    drop(turn);
    assert_eq!(turns.0.line().served, 0);
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let turns = Turns::new(Size { patience: Duration::ZERO, ..SIZE });
    let _first = turns.wait(from(9)).await.unwrap();
    assert_eq!(turns.wait(from(1)).await.err(), Some(Refusal::Busy));
    assert_eq!(turns.waiting(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_are_served_and_never_too_many_at_once() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let turns = Turns::new(Size { at_once: 3, line: 1_000, patience: Duration::from_secs(3_600) });
    let at_once = Arc::new(AtomicUsize::new(0));
    let tasks = (0..500_u32).map(|n| {
        let (turns, at_once) = (turns.clone(), Arc::clone(&at_once));
        tokio::spawn(async move {
            let turn = turns.wait(IpAddr::from((n % 40).to_be_bytes())).await.unwrap();
            assert!(at_once.fetch_add(1, Ordering::SeqCst) < 3);
            tokio::task::yield_now().await;
            at_once.fetch_sub(1, Ordering::SeqCst);
            drop(turn);
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let line = turns.0.line();
    assert_eq!((line.served, line.waiting.len()), (0, 0));
}

#[test]
fn use_fades_and_keeps_its_order() {
    let used = Used::NOTHING.and(Duration::from_secs(2), Duration::ZERO);
    assert!((used.seconds(Duration::ZERO) - 2.0).abs() < 1e-9);
    assert!((used.seconds(FADES) - 2.0 / std::f64::consts::E).abs() < 1e-9);
    let later = Used::NOTHING.and(Duration::from_secs(1), FADES);
    assert!(used < later, "two seconds a while ago are less than one now");
    assert!(Used::NOTHING < used);
    // Years of running: still numbers, still in order.
    let years = Duration::from_secs(10 * 365 * 86_400);
    let old = used.and(Duration::from_millis(1), years);
    assert!((old.seconds(years) - 0.001).abs() < 1e-6);
}

#[test]
fn only_so_many_addresses_are_remembered() {
    let mut line = Line::default();
    let now = Duration::from_secs(1);
    line.charge(from(1), Duration::from_secs(60), now);
    for n in 0..ADDRESSES as u32 + 100 {
        line.charge(IpAddr::from(n.to_be_bytes()), BEFOREHAND, now);
        assert!(line.used.len() <= ADDRESSES);
    }
    assert!(line.used(from(1)) > Used::NOTHING, "whoever used much is remembered");
}

#[test]
fn a_place_is_by_use_then_by_arrival() {
    let place = |used, arrival| Place { used: Used(used), arrival };
    assert!(place(1.0, 9) < place(2.0, 1));
    assert!(place(1.0, 1) < place(1.0, 2));
}

#[tokio::test]
async fn people_get_a_page_and_programs_a_problem() {
    for (path, refusal, status, when, media_type) in [
        ("/cari?q=a", Refusal::Busy, 503, SOON, "text/html; charset=utf-8"),
        ("/cari?q=a", Refusal::Crowding, 429, LATER, "text/html; charset=utf-8"),
        ("/api/v1/search?q=a", Refusal::Busy, 503, SOON, "application/problem+json"),
        ("/api/v1/search?q=a", Refusal::Crowding, 429, LATER, "application/problem+json"),
    ] {
        let request = Request::builder().uri(path).body(axum::body::Body::empty()).unwrap();
        let answer = refused(&public::tests::made::settings(), request, refusal).await;
        let header = |name| answer.headers()[name].to_str().unwrap();
        assert_eq!(answer.status(), status, "{path} {refusal:?}");
        assert_eq!(header(header::RETRY_AFTER), when, "{path} {refusal:?}");
        assert_eq!(header(header::CONTENT_TYPE), media_type, "{path} {refusal:?}");
        assert_eq!(header(header::CACHE_CONTROL), "no-store", "{path} {refusal:?}");
    }
}
