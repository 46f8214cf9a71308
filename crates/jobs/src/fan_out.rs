//! A few threads that share the work of one run.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does `work` with each of `items` on at most `threads` threads, in no order, and hands back what
/// came of them. After the first error no further item is begun; that error is returned.
///
/// # Panics
/// As `work` does, once all threads have ended.
pub(crate) fn fan_out<T: Send, R: Send, E: Send>(
    items: Vec<T>,
    threads: usize,
    work: impl Fn(T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let threads = threads.min(items.len());
    let left = Mutex::new(items.into_iter());
    let results = Mutex::new(Ok(Vec::new()));
    let next = || lock(&left).next();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while lock(&results).is_ok()
                    && let Some(item) = next()
                {
                    let result = work(item);
                    note(&mut lock(&results), result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn note<R, E>(results: &mut Result<Vec<R>, E>, result: Result<R, E>) {
    match (&mut *results, result) {
        (Ok(results), Ok(result)) => results.push(result),
        (Ok(_), Err(error)) => *results = Err(error),
        (Err(_), _) => {}
    }
}

/// Nothing panics with one of these locks in its hand.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_several_at_a_time() {
        // Nobody passes before four are there.
        let four = Barrier::new(4);
        let done = fan_out((0..8).collect(), 4, |item: i32| {
            four.wait();
            Ok::<i32, ()>(item * 2)
        });
        let mut done = done.unwrap();
        done.sort_unstable();
        assert_eq!(done, [0, 2, 4, 6, 8, 10, 12, 14]);
        let none = fan_out(Vec::<i32>::new(), 4, |_| Err::<(), ()>(()));
        assert_eq!(none, Ok(vec![]));
    }

    #[test]
    fn an_error_ends_the_work() {
        let begun = AtomicUsize::new(0);
        let outcome = fan_out((0..1000).collect(), 2, |_: i32| {
            begun.fetch_add(1, Ordering::SeqCst);
            Err::<(), &str>("no further")
        });
        assert_eq!(outcome, Err("no further"));
        assert!(begun.into_inner() <= 2);
    }

    #[test]
    fn a_panic_is_handed_on() {
        let outcome = catch_unwind(|| {
            fan_out(vec![1], 2, |_| -> Result<(), ()> {
                panic!("a worker panics, as this test wants it")
            })
        });
        assert!(outcome.is_err());
    }
}
