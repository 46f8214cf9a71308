//! What a unit has locked, and whether it did so in the order that all units keep.

use std::collections::BTreeSet;

use crate::id::{AnnualPassId, OrderId};
use crate::ports::StoreError;
use crate::visit_date::VisitDate;

/// The locks of one unit.
#[derive(Debug, Default)]
pub(super) struct Locks {
    days: BTreeSet<VisitDate>,
    quotas: BTreeSet<VisitDate>,
    passes: BTreeSet<AnnualPassId>,
    orders: BTreeSet<OrderId>,
    no_shows: bool,
}

fn fault(text: &str) -> StoreError {
    StoreError::Fault(text.to_owned())
}

impl Locks {
    /// Documents come last, and those of one call in their order: the store sees to that.
    pub(super) fn no_shows(&mut self) {
        self.no_shows = true;
    }

    fn before_no_shows(&self) -> Result<(), StoreError> {
        let after = self
            .no_shows
            .then(|| fault("lock order: something after no-shows"));
        after.map_or(Ok(()), Err)
    }

    pub(super) fn day(&mut self, date: VisitDate) -> Result<(), StoreError> {
        if self.days.contains(&date) {
            return Ok(());
        }
        self.before_no_shows()?;
        if !self.quotas.is_empty() || !self.passes.is_empty() || !self.orders.is_empty() {
            return Err(fault(
                "lock order: a day after quotas, annual passes or orders",
            ));
        }
        if self.days.last().is_some_and(|last| *last > date) {
            return Err(fault("lock order: days in date order"));
        }
        self.days.insert(date);
        Ok(())
    }

    pub(super) fn quotas(&mut self, date: VisitDate) -> Result<(), StoreError> {
        if self.quotas.contains(&date) {
            return Ok(());
        }
        self.before_no_shows()?;
        if !self.passes.is_empty() || !self.orders.is_empty() {
            return Err(fault("lock order: quotas after annual passes or orders"));
        }
        if self.quotas.last().is_some_and(|last| *last > date) {
            return Err(fault("lock order: quotas in date order"));
        }
        self.quotas.insert(date);
        Ok(())
    }

    /// `ids` may come in any order: the store locks those of one call by id.
    pub(super) fn passes(&mut self, ids: &[AnnualPassId]) -> Result<(), StoreError> {
        let last = self.passes.last().copied();
        let mut new = ids.iter().filter(|id| !self.passes.contains(id)).peekable();
        if !self.orders.is_empty() && new.peek().is_some() {
            return Err(fault("lock order: annual passes after orders"));
        }
        if last.is_some_and(|last| new.any(|id| *id < last)) {
            return Err(fault("lock order: annual passes by id"));
        }
        self.passes.extend(ids);
        Ok(())
    }

    /// `ids` may come in any order: the store locks those of one call by id.
    pub(super) fn orders(&mut self, ids: &[OrderId]) -> Result<(), StoreError> {
        let last = self.orders.last().copied();
        let mut new = ids.iter().filter(|id| !self.orders.contains(id));
        if last.is_some_and(|last| new.any(|id| *id < last)) {
            return Err(fault("lock order: orders by id"));
        }
        if ids.iter().any(|id| !self.orders.contains(id)) {
            self.before_no_shows()?;
        }
        self.orders.extend(ids);
        Ok(())
    }

    /// An order that this unit inserted is its own.
    pub(super) fn inserted(&mut self, id: OrderId) {
        self.orders.insert(id);
    }

    pub(super) fn holds_quotas(&self, date: VisitDate) -> Result<(), StoreError> {
        let held = self.quotas.contains(&date);
        held.then_some(())
            .ok_or_else(|| fault("quotas are saved that were not locked"))
    }

    pub(super) fn holds_pass(&self, id: AnnualPassId) -> Result<(), StoreError> {
        let held = self.passes.contains(&id);
        held.then_some(())
            .ok_or_else(|| fault("an annual pass is saved that was not locked"))
    }

    pub(super) fn holds_order(&self, id: OrderId) -> Result<(), StoreError> {
        let held = self.orders.contains(&id);
        held.then_some(())
            .ok_or_else(|| fault("an order is saved that was not locked"))
    }
}
