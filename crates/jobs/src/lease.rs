//! Leases: one instance at a time runs a job.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::Clock;
use domain::ports::{Rollback, StoreError, Stores, UnitOfWork};

/// Who takes leases here, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseTerms {
    /// This instance; two that run at once MUST differ. At most 128 characters.
    pub holder: String,
    /// For how long a lease outlives the transaction that took it: longer than the longest call
    /// to the provider, which lies between two of them.
    pub length: TimeDelta,
}

/// Transactions that belong to a lease: each takes or renews it first, by writing to its row.
///
/// While one of them is open nobody else can take the lease, and once somebody else has it they
/// fail with [`StoreError::LeaseLost`] and have done nothing. So an instance that was held up for
/// longer than its lease cannot act beside the one that replaced it.
pub struct LeasedUnitOfWork {
    inner: Arc<dyn UnitOfWork>,
    clock: Arc<dyn Clock>,
    job: &'static str,
    terms: LeaseTerms,
}

impl LeasedUnitOfWork {
    /// Transactions of `inner` under the lease of `job`.
    #[must_use]
    pub fn new(
        inner: Arc<dyn UnitOfWork>,
        clock: Arc<dyn Clock>,
        job: &'static str,
        terms: LeaseTerms,
    ) -> Self {
        Self {
            inner,
            clock,
            job,
            terms,
        }
    }

    fn renew(&self, stores: &mut dyn Stores) -> Result<(), StoreError> {
        let now = self.clock.now();
        let taken =
            stores
                .leases()
                .take(self.job, &self.terms.holder, now, now + self.terms.length)?;
        taken.then_some(()).ok_or(StoreError::LeaseLost)
    }
}

impl UnitOfWork for LeasedUnitOfWork {
    fn transact(
        &self,
        work: &mut dyn FnMut(&mut dyn Stores) -> Result<(), Rollback>,
    ) -> Result<(), StoreError> {
        // A rollback says nothing of its cause, and one that `work` asked for is no error; so the
        // lease's own travels beside it. Each run of the transaction has its own.
        let mut refusal = None;
        self.inner.transact(&mut |stores| {
            refusal = self.renew(stores).err();
            match refusal {
                None => work(stores),
                Some(_) => Err(Rollback),
            }
        })?;
        refusal.map_or(Ok(()), Err)
    }
}

/// A name for this instance: `prefix`, the host's name and the process.
#[must_use]
pub fn instance_name(prefix: &str) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host: String = host.trim().chars().take(64).collect();
    format!("{prefix}-{host}-{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use domain::ports::AccountQueries;

    use super::*;
    use crate::test_kit::{Kit, LEASE, terms};

    fn leased(kit: &Kit, holder: &str) -> LeasedUnitOfWork {
        let (inner, clock) = (&kit.context.unit_of_work, &kit.context.clock);
        LeasedUnitOfWork::new(Arc::clone(inner), Arc::clone(clock), "test", terms(holder))
    }

    /// A write that can be seen: revokes a token.
    fn write(unit_of_work: &dyn UnitOfWork, kit: &Kit, token: &str) -> Result<(), StoreError> {
        let tomorrow = kit.museum.now() + TimeDelta::days(1);
        unit_of_work.run(|stores| stores.revocations().revoke(token, tomorrow))
    }

    fn written(kit: &Kit) -> Vec<String> {
        kit.store.revoked_tokens(kit.museum.now()).unwrap()
    }

    #[test]
    fn a_stale_holder_is_refused_and_writes_nothing() {
        let kit = Kit::new();
        let (first, second) = (leased(&kit, "first"), leased(&kit, "second"));
        assert_eq!(write(&first, &kit, "a"), Ok(()));
        assert_eq!(write(&second, &kit, "b"), Err(StoreError::LeaseLost));
        // The first one is held up for as long as its lease lasts, and the second takes over.
        kit.clock().advance(LEASE);
        assert_eq!(write(&second, &kit, "c"), Ok(()));
        assert_eq!(write(&first, &kit, "d"), Err(StoreError::LeaseLost));
        assert_eq!(written(&kit), ["a", "c"]);
    }

    #[test]
    fn every_transaction_renews_the_lease() {
        let kit = Kit::new();
        let (first, second) = (leased(&kit, "first"), leased(&kit, "second"));
        for token in ["a", "b", "c"] {
            assert_eq!(write(&first, &kit, token), Ok(()));
            kit.clock().advance(LEASE - TimeDelta::seconds(1));
            assert_eq!(write(&second, &kit, "x"), Err(StoreError::LeaseLost));
        }
        assert_eq!(written(&kit), ["a", "b", "c"]);
    }

    #[test]
    fn a_rollback_that_the_work_asked_for_is_no_error_of_the_lease() {
        let kit = Kit::new();
        let unit_of_work = leased(&kit, "first");
        assert_eq!(unit_of_work.transact(&mut |_| Err(Rollback)), Ok(()));
        let unit_of_work: &dyn UnitOfWork = &unit_of_work;
        let fault = StoreError::Fault("wanted".to_owned());
        let failed: Result<(), StoreError> = unit_of_work.run(|_| Err(fault.clone()));
        assert_eq!(failed, Err(fault));
    }

    #[test]
    fn work_that_is_run_again_asks_for_its_lease_again() {
        let kit = Kit::new();
        let unit_of_work = leased(&kit, "first");
        kit.store.inject(domain::testing::Fault::RunTwice, 1);
        assert_eq!(write(&unit_of_work, &kit, "a"), Ok(()));
        assert_eq!(written(&kit), ["a"]);
    }
}
