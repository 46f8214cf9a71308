//! The bounded queue, its lanes, and the order in which groups leave it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::error::ApiError;

use super::solitary::Solitary;
use super::{Caller, DeskOptions, GroupWork};

/// A request that waits.
struct Waiting<W: GroupWork> {
    request: W::Request,
    caller: Caller<W>,
    author: W::Author,
    weight: usize,
    queued_at: Instant,
    arrival: u64,
}

/// The requests of one lane, and which of its groups are being decided.
struct Lane<W: GroupWork> {
    waiting: VecDeque<Waiting<W>>,
    next_group: u64,
    undecided: BTreeSet<u64>,
}

/// Requests of one lane that are decided together.
pub(super) struct Group<W: GroupWork> {
    pub(super) lane: W::Lane,
    pub(super) number: u64,
    pub(super) requests: Vec<W::Request>,
    pub(super) callers: Vec<Option<Caller<W>>>,
    /// How long the first one waited, in seconds.
    pub(super) waited: f64,
}

struct State<W: GroupWork> {
    lanes: BTreeMap<W::Lane, Lane<W>>,
    length: usize,
    arrivals: u64,
    closed: bool,
    solitary: Solitary<W::Author>,
}

/// The queue that callers and writers share.
pub(super) struct SharedQueue<W: GroupWork> {
    options: DeskOptions,
    state: Mutex<State<W>>,
    changed: Condvar,
}

impl<W: GroupWork> SharedQueue<W> {
    pub(super) fn new(options: DeskOptions) -> Self {
        Self {
            options,
            state: Mutex::new(State {
                lanes: BTreeMap::new(),
                length: 0,
                arrivals: 0,
                closed: false,
                solitary: Solitary::default(),
            }),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a request behind the others of its lane.
    pub(super) fn push(
        &self,
        work: &W,
        request: W::Request,
        caller: Caller<W>,
    ) -> Result<(), ApiError> {
        let (lane, author) = (work.lane(&request), work.author(&request));
        let weight = work.weight(&request).max(1);
        let mut state = self.lock();
        if state.closed || state.length >= self.options.queue_length {
            let cause = format!("the queue of the desk {} is full", self.options.name);
            return Err(ApiError::overloaded().caused_by(cause));
        }
        state.arrivals = state.arrivals.saturating_add(1);
        state.length = state.length.saturating_add(1);
        let waiting = Waiting {
            request,
            caller,
            author,
            weight,
            queued_at: Instant::now(),
            arrival: state.arrivals,
        };
        state
            .lanes
            .entry(lane)
            .or_default()
            .waiting
            .push_back(waiting);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for the next group; `None` once the queue is closed and empty.
    pub(super) fn next_group(&self) -> Option<Group<W>> {
        let mut state = self.lock();
        loop {
            if let Some(group) = state.take_group(&self.options) {
                let depth = state.length;
                drop(state);
                self.report(depth, &group);
                return Some(group);
            }
            if state.closed && state.length == 0 {
                return None;
            }
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Notes that a group is decided, so that its lane may move on.
    pub(super) fn decided(&self, lane: &W::Lane, number: u64) {
        self.lock().forget_group(lane, number);
        self.changed.notify_all();
    }

    /// Keeps an author's requests out of shared groups for a while.
    pub(super) fn keep_apart(&self, author: W::Author) {
        self.lock().solitary.add(author, Instant::now());
    }

    /// Takes nothing more in.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "a queue is far shorter than 2^52"
    )]
    fn report(&self, depth: usize, group: &Group<W>) {
        let desk = self.options.name;
        metrics::gauge!("desk_depth", "desk" => desk).set(depth as f64);
        metrics::histogram!("desk_group_size", "desk" => desk).record(group.requests.len() as f64);
        metrics::histogram!("desk_wait_seconds", "desk" => desk).record(group.waited);
    }
}

impl<W: GroupWork> Default for Lane<W> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            next_group: 0,
            undecided: BTreeSet::new(),
        }
    }
}

impl<W: GroupWork> Lane<W> {
    /// Whether a further group may leave while the oldest undecided one is still in a writer's
    /// hands: no request shall be overtaken by more groups than there are other writers.
    fn may_leave(&self, writers: usize) -> bool {
        let ahead = self.undecided.first().map_or(0, |oldest| {
            usize::try_from(self.next_group.saturating_sub(*oldest)).unwrap_or(usize::MAX)
        });
        !self.waiting.is_empty() && ahead < writers
    }
}

impl<W: GroupWork> State<W> {
    /// The group that the longest waiting request leads, if any lane may send one.
    fn take_group(&mut self, options: &DeskOptions) -> Option<Group<W>> {
        let writers = options.writers.max(1);
        let ready = self
            .lanes
            .iter()
            .filter(|(_, lane)| lane.may_leave(writers));
        let lane = ready
            .min_by_key(|(_, lane)| lane.waiting.front().map(|first| first.arrival))
            .map(|(lane, _)| lane.clone())?;
        let now = Instant::now();
        self.solitary.forget_old(now);
        let members = self.take_members(&lane, options);
        let queue = self.lanes.get_mut(&lane)?;
        let number = queue.next_group;
        queue.next_group = number.saturating_add(1);
        queue.undecided.insert(number);
        Some(Group::of(lane, number, members, options, now))
    }

    fn take_members(&mut self, lane: &W::Lane, options: &DeskOptions) -> Vec<Waiting<W>> {
        let mut members: Vec<Waiting<W>> = Vec::new();
        let mut weight = 0_usize;
        let Some(queue) = self.lanes.get_mut(lane) else {
            return members;
        };
        while members.len() < options.group_size.max(1) {
            let Some(next) = queue.waiting.front() else {
                break;
            };
            let alone = self.solitary.contains(&next.author);
            let heavier = weight.saturating_add(next.weight);
            if !members.is_empty() && (alone || heavier > options.group_weight) {
                break;
            }
            weight = heavier;
            members.extend(queue.waiting.pop_front());
            self.length = self.length.saturating_sub(1);
            if alone {
                break;
            }
        }
        members
    }

    fn forget_group(&mut self, lane: &W::Lane, number: u64) {
        let Some(known) = self.lanes.get_mut(lane) else {
            return;
        };
        known.undecided.remove(&number);
        // Lanes come and go with the days; an empty one is made anew when it is needed again.
        if known.undecided.is_empty() && known.waiting.is_empty() {
            self.lanes.remove(lane);
        }
    }
}

impl<W: GroupWork> Group<W> {
    /// Turns away those who waited too long, and puts the others together.
    fn of(
        lane: W::Lane,
        number: u64,
        members: Vec<Waiting<W>>,
        options: &DeskOptions,
        now: Instant,
    ) -> Self {
        let first = members
            .first()
            .map(|first| now.duration_since(first.queued_at));
        let mut group = Self {
            lane,
            number,
            requests: Vec::with_capacity(members.len()),
            callers: Vec::with_capacity(members.len()),
            waited: first.unwrap_or_default().as_secs_f64(),
        };
        for member in members {
            if now.duration_since(member.queued_at) < options.longest_wait {
                group.requests.push(member.request);
                group.callers.push(Some(member.caller));
            } else {
                let cause = format!("a request at the desk {} waited too long", options.name);
                // The caller may have left long ago.
                let _ = member
                    .caller
                    .send(Err(ApiError::overloaded().caused_by(cause)));
            }
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::ports::StoreError;
    use tokio::sync::oneshot;

    use super::*;

    struct Nothing;

    impl GroupWork for Nothing {
        type Request = u32;
        type Outcome = ();
        type Lane = ();
        type Author = u32;

        fn lane(&self, _: &u32) {}
        fn author(&self, request: &u32) -> u32 {
            *request
        }
        fn weight(&self, _: &u32) -> usize {
            1
        }
        fn decide(&self, group: &[u32]) -> Result<Vec<()>, StoreError> {
            Ok(vec![(); group.len()])
        }
    }

    fn queue(writers: usize) -> SharedQueue<Nothing> {
        let queue = SharedQueue::new(DeskOptions {
            name: "test",
            writers,
            group_size: 1,
            group_weight: 1,
            queue_length: 100,
            longest_wait: Duration::from_secs(3600),
            longest_trying: Duration::from_secs(3600),
        });
        for request in 0..20 {
            queue.push(&Nothing, request, oneshot::channel().0).unwrap();
        }
        queue
    }

    /// The next request that a writer may begin.
    fn begin(queue: &SharedQueue<Nothing>) -> Option<(u64, u32)> {
        let group = queue.lock().take_group(&queue.options)?;
        Some((group.number, group.requests[0]))
    }

    #[test]
    fn with_one_writer_requests_are_begun_in_the_order_of_their_arrival() {
        let queue = queue(1);
        for request in 0..20 {
            assert_eq!(begin(&queue), Some((u64::from(request), request)));
            assert_eq!(begin(&queue), None, "the one before is undecided");
            queue.decided(&(), u64::from(request));
        }
    }

    #[test]
    fn no_request_is_overtaken_by_more_groups_than_there_are_other_writers() {
        for writers in 2..=5_u32 {
            let queue = queue(usize::try_from(writers).unwrap());
            assert_eq!(begin(&queue), Some((0, 0)), "this one is slow");
            for other in 1..writers {
                assert_eq!(begin(&queue), Some((u64::from(other), other)));
                // Its writer is through at once and asks for more.
                queue.decided(&(), u64::from(other));
            }
            assert_eq!(begin(&queue), None, "{writers} writers");
            queue.decided(&(), 0);
            assert_eq!(begin(&queue), Some((u64::from(writers), writers)));
        }
    }
}
