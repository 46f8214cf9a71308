//! A museum in memory for the tests of this crate.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::order::{Order, OrderState};
use domain::ports::{OrderQueries, StoreError};
use domain::testing::{
    FixedClock, MemoryStore, Museum, ScriptedMessenger, ScriptedPayments, SequentialIds,
};

use crate::context::JobContext;
use crate::job::{Job, JobError, Summary};
use crate::lease::LeaseTerms;
use crate::run::{JobObserver, JobRun};
use crate::waiter::{StopSignal, Waiter};

pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(30);

pub(crate) struct Kit {
    pub(crate) museum: Museum,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) provider: Arc<ScriptedPayments>,
    pub(crate) messenger: Arc<ScriptedMessenger>,
    pub(crate) context: JobContext,
}

impl Kit {
    pub(crate) fn new() -> Self {
        let (museum, store) = Museum::in_memory();
        museum.open(museum.day(), 20);
        let provider = Arc::new(ScriptedPayments::new());
        let messenger = Arc::new(ScriptedMessenger::new());
        let context = JobContext {
            unit_of_work: store.clone(),
            provider: provider.clone(),
            messenger: messenger.clone(),
            mailer: None,
            text_cipher: Arc::new(museum.cipher),
            rules: museum.rules.clone(),
            clock: Arc::new(museum.clock.clone()),
            ids: Arc::new(SequentialIds::of_source(9)),
            batch_size: 2,
            waiter: unstopped(),
        };
        Self {
            museum,
            store,
            provider,
            messenger,
            context,
        }
    }

    pub(crate) fn clock(&self) -> &FixedClock {
        &self.museum.clock
    }

    /// An order of one adult with its place taken, in the state that `finish` leaves it in.
    pub(crate) fn stored_order(&self, finish: impl FnOnce(&mut Order)) -> Order {
        let (account, person) = (self.museum.account(), self.museum.adult());
        let mut order = self.museum.order(&account).visitor(&person).build();
        finish(&mut order);
        self.museum.run(|stores| {
            stores.days().take(order.date)?;
            let mut quotas = stores.quotas().lock_day(order.date)?;
            for quota in &mut quotas {
                let wanted = order.live_places().get(&quota.key().venue).copied();
                if quota.key().session == order.session {
                    quota.take(wanted.unwrap_or(0)).unwrap();
                }
            }
            stores.quotas().save(&quotas)?;
            stores.orders().insert(std::slice::from_ref(&order))
        });
        order
    }

    pub(crate) fn state_of(&self, order: &Order) -> OrderState {
        self.store.order(order.id).unwrap().unwrap().state
    }
}

pub(crate) fn terms(holder: &str) -> LeaseTerms {
    LeaseTerms {
        holder: holder.to_owned(),
        length: LEASE,
    }
}

/// A waiter that stops nobody.
pub(crate) fn unstopped() -> Arc<dyn Waiter> {
    Arc::new(StopSignal::default())
}

/// A job of 5 s that does nothing but `run`.
pub(crate) const fn job(run: fn(&JobContext) -> Result<Summary, JobError>) -> Job {
    Job {
        name: "test",
        summary: "For tests.",
        interval: TimeDelta::seconds(5),
        run,
    }
}

pub(crate) fn succeed(_: &JobContext) -> Result<Summary, JobError> {
    Ok(Summary::of([("done", 1)]))
}

pub(crate) fn fail(_: &JobContext) -> Result<Summary, JobError> {
    Err(JobError::from(StoreError::Unavailable))
}

pub(crate) fn panic(_: &JobContext) -> Result<Summary, JobError> {
    panic!("a job panics, as this test wants it")
}

/// Waits by moving the clock, and stops the runner at a wait of choice.
pub(crate) struct MovingWaiter {
    clock: FixedClock,
    waits: AtomicUsize,
    most: usize,
}

impl MovingWaiter {
    pub(crate) fn stopping_at(clock: &FixedClock, most: usize) -> Self {
        Self {
            clock: clock.clone(),
            waits: AtomicUsize::new(0),
            most,
        }
    }

    pub(crate) fn clock(&self) -> &FixedClock {
        &self.clock
    }

    pub(crate) fn waits(&self) -> usize {
        self.waits.load(Ordering::SeqCst)
    }
}

impl Waiter for MovingWaiter {
    fn wait(&self, length: Duration) -> ControlFlow<()> {
        self.clock.advance(TimeDelta::from_std(length).unwrap());
        if self.waits.fetch_add(1, Ordering::SeqCst) + 1 >= self.most {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn is_stopping(&self) -> bool {
        self.waits() >= self.most
    }
}

/// Remembers the runs.
#[derive(Default)]
pub(crate) struct Runs(Mutex<Vec<JobRun>>);

impl Runs {
    pub(crate) fn all(&self) -> Vec<JobRun> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl JobObserver for Runs {
    fn ran(&self, run: &JobRun) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(run.clone());
    }
}
