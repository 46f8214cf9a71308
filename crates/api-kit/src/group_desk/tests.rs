use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use super::*;

/// A request: its lane, its author and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ask {
    lane: u8,
    author: u32,
    wish: Wish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Fine,
    /// As heavy as that.
    Weighs(usize),
    /// Its whole group fails.
    Poison,
    /// Its whole group panics.
    Panic,
    /// Its group is decided only when the test says so.
    Wait,
}

fn ask(author: u32) -> Ask {
    Ask {
        lane: 0,
        author,
        wish: Wish::Fine,
    }
}

/// Notes the groups it gets; the outcome of a request is its author.
struct Notebook {
    groups: Mutex<Vec<Vec<u32>>>,
    release: Mutex<Receiver<()>>,
    begun: Sender<u32>,
    failures: Mutex<Vec<StoreError>>,
}

impl GroupWork for Notebook {
    type Request = Ask;
    type Outcome = u32;
    type Lane = u8;
    type Author = u32;

    fn lane(&self, request: &Ask) -> u8 {
        request.lane
    }

    fn author(&self, request: &Ask) -> u32 {
        request.author
    }

    fn weight(&self, request: &Ask) -> usize {
        match request.wish {
            Wish::Weighs(weight) => weight,
            _ => 1,
        }
    }

    fn decide(&self, group: &[Ask]) -> Result<Vec<u32>, StoreError> {
        let authors: Vec<u32> = group.iter().map(|ask| ask.author).collect();
        lock(&self.groups).push(authors.clone());
        // Looked up first: what a test injects once it knows of a beginning is for later groups.
        let failure = lock(&self.failures).pop();
        for author in &authors {
            // A test that has seen enough no longer listens.
            let _ = self.begun.send(*author);
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        for ask in group {
            match ask.wish {
                Wish::Poison => return Err(StoreError::Fault("poison".to_owned())),
                Wish::Panic => panic!("on purpose"),
                Wish::Wait => drop(lock(&self.release).recv()),
                Wish::Fine | Wish::Weighs(_) => {}
            }
        }
        Ok(authors)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A desk with its notebook, and what the test holds of it.
struct Office {
    /// Dropped first, so that a test that fails does not wait for a writer that waits for it.
    release: Sender<()>,
    desk: GroupDesk<Shared>,
    work: Arc<Notebook>,
    begun: Receiver<u32>,
}

/// The notebook, shared by desk and test.
struct Shared(Arc<Notebook>);

impl GroupWork for Shared {
    type Request = Ask;
    type Outcome = u32;
    type Lane = u8;
    type Author = u32;

    fn lane(&self, request: &Ask) -> u8 {
        self.0.lane(request)
    }
    fn author(&self, request: &Ask) -> u32 {
        self.0.author(request)
    }
    fn weight(&self, request: &Ask) -> usize {
        self.0.weight(request)
    }
    fn decide(&self, group: &[Ask]) -> Result<Vec<u32>, StoreError> {
        self.0.decide(group)
    }
}

type Pending<'a> = Pin<Box<dyn Future<Output = Result<u32, ApiError>> + 'a>>;

impl Office {
    fn open(change: impl FnOnce(&mut DeskOptions)) -> Self {
        let mut options = DeskOptions {
            name: "test",
            writers: 1,
            group_size: 4,
            group_weight: 100,
            queue_length: 100,
            longest_wait: Duration::from_secs(3600),
            longest_trying: Duration::from_secs(3600),
        };
        change(&mut options);
        let (release, held) = channel();
        let (begin, begun) = channel();
        let work = Arc::new(Notebook {
            groups: Mutex::default(),
            release: Mutex::new(held),
            begun: begin,
            failures: Mutex::default(),
        });
        Self {
            desk: GroupDesk::open(options, Shared(Arc::clone(&work))).unwrap(),
            work,
            release,
            begun,
        }
    }

    /// Hands a request in; it is in the queue when this returns.
    fn hand_in(&self, ask: Ask) -> Pending<'_> {
        let mut pending: Pending<'_> = Box::pin(self.desk.hand_in(ask));
        let mut context = Context::from_waker(Waker::noop());
        // Without an outcome yet, or refused at once, which a second look shows again.
        if let Poll::Ready(outcome) = pending.as_mut().poll(&mut context) {
            return Box::pin(std::future::ready(outcome));
        }
        pending
    }

    /// Keeps one writer busy, with everything that comes after it in the queue.
    fn occupy(&self, author: u32) -> Pending<'_> {
        let pending = self.hand_in(Ask {
            wish: Wish::Wait,
            ..ask(author)
        });
        while self.begun.recv().unwrap() != author {}
        pending
    }

    fn groups(&self) -> Vec<Vec<u32>> {
        lock(&self.work.groups).clone()
    }
}

/// Whether a request is turned away without a wait.
fn is_turned_away(mut pending: Pending<'_>) -> bool {
    match pending
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(Err(refused)) => refused.code().code == "overloaded",
        Poll::Ready(Ok(_)) | Poll::Pending => false,
    }
}

#[actix_web::test]
async fn what_waits_is_decided_together_in_the_order_of_its_arrival() {
    let office = Office::open(|_| ());
    let first = office.occupy(0);
    let others: Vec<_> = (1..=6).map(|author| office.hand_in(ask(author))).collect();
    office.release.send(()).unwrap();
    assert_eq!(first.await.unwrap(), 0);
    for (other, author) in others.into_iter().zip(1..) {
        assert_eq!(other.await.unwrap(), author, "each gets its own outcome");
    }
    assert_eq!(office.groups(), [vec![0], vec![1, 2, 3, 4], vec![5, 6]]);
}

#[actix_web::test]
async fn a_request_alone_is_decided_at_once() {
    let office = Office::open(|_| ());
    assert_eq!(office.hand_in(ask(7)).await.unwrap(), 7);
    assert_eq!(office.groups(), [vec![7]]);
}

#[actix_web::test]
async fn a_group_ends_at_its_weight_but_never_empty() {
    let office = Office::open(|_| ());
    let first = office.occupy(0);
    let weighs = |author, weight| {
        office.hand_in(Ask {
            wish: Wish::Weighs(weight),
            ..ask(author)
        })
    };
    let others = [weighs(1, 60), weighs(2, 40), weighs(3, 1), weighs(4, 500)];
    office.release.send(()).unwrap();
    first.await.unwrap();
    for other in others {
        other.await.unwrap();
    }
    assert_eq!(office.groups(), [vec![0], vec![1, 2], vec![3], vec![4]]);
}

#[actix_web::test]
async fn lanes_do_not_mix_and_the_longest_waiting_goes_first() {
    let office = Office::open(|_| ());
    let first = office.occupy(0);
    let in_lane = |author, lane| {
        office.hand_in(Ask {
            lane,
            ..ask(author)
        })
    };
    let others = [in_lane(1, 9), in_lane(2, 1), in_lane(3, 9), in_lane(4, 1)];
    office.release.send(()).unwrap();
    first.await.unwrap();
    for other in others {
        other.await.unwrap();
    }
    assert_eq!(office.groups(), [vec![0], vec![1, 3], vec![2, 4]]);
}

#[actix_web::test]
async fn a_full_queue_turns_away_at_once() {
    let office = Office::open(|options| options.queue_length = 2);
    let first = office.occupy(0);
    let waiting = [office.hand_in(ask(1)), office.hand_in(ask(2))];
    assert!(is_turned_away(office.hand_in(ask(3))));
    office.release.send(()).unwrap();
    first.await.unwrap();
    for waiting in waiting {
        waiting.await.unwrap();
    }
    assert!(!office.groups().concat().contains(&3), "nothing was done");
}

#[actix_web::test]
async fn what_waited_too_long_is_not_begun() {
    let office = Office::open(|options| options.longest_wait = Duration::ZERO);
    let refused = office.hand_in(ask(1)).await.unwrap_err();
    assert_eq!(refused.code().code, "overloaded");
    assert!(office.groups().concat().is_empty());
}

#[actix_web::test]
async fn a_poisonous_request_fails_nobody_else() {
    for wish in [Wish::Poison, Wish::Panic] {
        let office = Office::open(|_| ());
        let first = office.occupy(0);
        let good = [office.hand_in(ask(1)), office.hand_in(ask(2))];
        let bad = office.hand_in(Ask { wish, ..ask(3) });
        let last = office.hand_in(ask(4));
        office.release.send(()).unwrap();
        first.await.unwrap();
        for (good, author) in good.into_iter().zip(1..) {
            assert_eq!(good.await.unwrap(), author);
        }
        assert_eq!(bad.await.unwrap_err().code().code, "internal");
        assert_eq!(last.await.unwrap(), 4);
    }
}

#[actix_web::test]
async fn who_poisoned_a_group_is_decided_alone_from_then_on() {
    let office = Office::open(|_| ());
    let poison = Ask {
        wish: Wish::Poison,
        ..ask(3)
    };
    assert!(office.hand_in(poison).await.is_err());
    let first = office.occupy(0);
    let others = [1, 3, 4].map(|author| office.hand_in(ask(author)));
    office.release.send(()).unwrap();
    first.await.unwrap();
    for other in others {
        other.await.unwrap();
    }
    assert_eq!(office.groups()[1..], [vec![0], vec![1], vec![3], vec![4]]);
}

#[actix_web::test]
async fn contention_is_tried_three_times_and_then_halved() {
    let office = Office::open(|_| ());
    let first = office.occupy(0);
    *lock(&office.work.failures) = vec![StoreError::Contention; 3];
    let others = [1, 2].map(|author| office.hand_in(ask(author)));
    office.release.send(()).unwrap();
    first.await.unwrap();
    for (other, author) in others.into_iter().zip(1..) {
        assert_eq!(other.await.unwrap(), author);
    }
    let (pair, one, two) = (vec![1, 2], vec![1], vec![2]);
    assert_eq!(
        office.groups()[1..],
        [pair.clone(), pair.clone(), pair, one, two]
    );
}

#[actix_web::test]
async fn contention_that_lasts_is_told_to_all() {
    let office = Office::open(|options| options.longest_trying = Duration::ZERO);
    let first = office.occupy(0);
    *lock(&office.work.failures) = vec![StoreError::Contention];
    let others = [1, 2].map(|author| office.hand_in(ask(author)));
    office.release.send(()).unwrap();
    first.await.unwrap();
    for other in others {
        assert_eq!(other.await.unwrap_err().code().code, "overloaded");
    }
    assert_eq!(
        office.groups()[1..],
        [vec![1, 2]],
        "neither again nor in halves"
    );
}

#[actix_web::test]
async fn a_database_that_is_away_is_not_asked_for_each_request() {
    let office = Office::open(|_| ());
    let first = office.occupy(0);
    *lock(&office.work.failures) = vec![StoreError::Unavailable; 3];
    let others = [1, 2, 3].map(|author| office.hand_in(ask(author)));
    office.release.send(()).unwrap();
    first.await.unwrap();
    for other in others {
        assert_eq!(other.await.unwrap_err().code().code, "overloaded");
    }
    assert_eq!(office.groups().len(), 4);
}

#[test]
fn what_waits_is_decided_before_the_desk_closes() {
    let office = Office::open(|_| ());
    let waiting: Vec<_> = std::iter::once(office.occupy(0))
        .chain((1..9).map(|author| office.hand_in(ask(author))))
        .collect();
    office.desk.queue.close();
    assert!(is_turned_away(office.hand_in(ask(9))));
    drop(waiting);
    office.release.send(()).unwrap();
    let (work, desk) = (Arc::clone(&office.work), office.desk);
    drop(desk);
    let decided: BTreeSet<u32> = lock(&work.groups).concat().into_iter().collect();
    assert_eq!(decided, (0..9).collect(), "also for callers that have left");
}
