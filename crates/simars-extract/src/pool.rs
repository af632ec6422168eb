//! A line for places that are few: who comes first is served first.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A number of places and those who wait for one.
#[derive(Debug)]
pub(crate) struct Pool {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    waiting: VecDeque<Arc<Turn>>,
}

/// One who waits; each has a bell of their own, so that a crowd is not woken for one place.
#[derive(Debug, Default)]
struct Turn {
    come: Mutex<bool>,
    bell: Condvar,
}

/// A place that is held until this is dropped.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pool: &'a Pool,
}

impl Pool {
    /// A pool of so many places, at least one.
    pub(crate) fn new(places: usize) -> Self {
        let state = State { free: places.max(1), waiting: VecDeque::new() };
        Self { state: Mutex::new(state) }
    }

    /// Waits for a place.
    pub(crate) fn enter(&self) -> Place<'_> {
        let mut state = locked(&self.state);
        if state.free > 0 {
            // Whoever leaves hands the place to the first in line: a free one means no line.
            state.free -= 1;
            return Place { pool: self };
        }
        let turn = Arc::new(Turn::default());
        state.waiting.push_back(Arc::clone(&turn));
        drop(state);
        let come = locked(&turn.come);
        let come = turn.bell.wait_while(come, |come| !*come);
        drop(come.unwrap_or_else(PoisonError::into_inner));
        Place { pool: self }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = locked(&self.pool.state);
        match state.waiting.pop_front() {
            Some(next) => {
                *locked(&next.come) = true;
                next.bell.notify_one();
            }
            None => state.free += 1,
        }
    }
}

/// Nothing can panic while one of these locks is held, so a poisoned one is as good.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    fn line(pool: &Pool) -> usize {
        locked(&pool.state).waiting.len()
    }

    #[test]
    fn no_more_than_the_places_are_in_at_once() {
        let (pool, inside, most) = (Pool::new(3), AtomicUsize::new(0), AtomicUsize::new(0));
        let go_in = || {
            for _ in 0..50 {
                let _place = pool.enter();
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::yield_now();
                inside.fetch_sub(1, Ordering::SeqCst);
            }
        };
        thread::scope(|scope| (0..24).for_each(|_| drop(scope.spawn(go_in))));
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(line(&pool), 0);
        assert_eq!(locked(&pool.state).free, 3);
    }

    #[test]
    fn who_comes_first_is_served_first() {
        let (pool, order) = (Pool::new(0), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            let place = pool.enter();
            for number in 0..6 {
                let (pool, order) = (&pool, &order);
                scope.spawn(move || {
                    let _place = pool.enter();
                    locked(order).push(number);
                });
                while line(pool) <= number {
                    thread::yield_now();
                }
            }
            drop(place);
        });
        assert_eq!(*locked(&order), [0, 1, 2, 3, 4, 5]);
    }
}
