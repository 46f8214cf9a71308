//! The entries of annual passes, moved along with the visits that were registered on them.

use std::collections::{BTreeMap, BTreeSet};

use crate::annual_pass::{AnnualPass, NoSuchEntry};
use crate::id::AnnualPassId;
use crate::order::Order;
use crate::ports::{StoreError, Stores};

/// The locked passes of some orders. Orders without a pass pass through it untouched.
#[derive(Default)]
pub(crate) struct PassEntries {
    passes: BTreeMap<AnnualPassId, AnnualPass>,
    changed: BTreeSet<AnnualPassId>,
}

impl PassEntries {
    /// Locks the passes of `orders`, which may have been read without a lock: the pass of an order
    /// never changes. Comes after the quotas and before the orders' own locks.
    pub(crate) fn lock<'a>(
        stores: &mut dyn Stores,
        orders: impl IntoIterator<Item = &'a Order>,
    ) -> Result<Self, StoreError> {
        let ids: BTreeSet<AnnualPassId> =
            orders.into_iter().filter_map(|order| order.pass).collect();
        Self::lock_ids(stores, ids)
    }

    /// Locks the passes with these ids.
    pub(crate) fn lock_ids(
        stores: &mut dyn Stores,
        ids: BTreeSet<AnnualPassId>,
    ) -> Result<Self, StoreError> {
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let ids: Vec<AnnualPassId> = ids.into_iter().collect();
        let locked = stores.annual_passes().lock(&ids)?.into_iter();
        Ok(Self {
            passes: locked.map(|pass| (pass.id, pass)).collect(),
            changed: BTreeSet::new(),
        })
    }

    /// The pass, if it was among those locked.
    pub(crate) fn get(&self, id: AnnualPassId) -> Option<&AnnualPass> {
        self.passes.get(&id)
    }

    /// Reserves an entry for a visit that is about to be stored, and for which one was found free.
    pub(crate) fn reserve(&mut self, order: &Order) -> Result<(), StoreError> {
        self.change(order, |pass| {
            let reserved = pass.reserve();
            reserved.map_err(|error| StoreError::Fault(error.to_string()))
        })
    }

    /// Uses the visit's entry: its holder was admitted at the main gate, or did not come
    /// (rule 8.3).
    pub(crate) fn use_one(&mut self, order: &Order) -> Result<(), StoreError> {
        self.change(order, |pass| pass.use_entry().map_err(StoreError::from))
    }

    /// Gives the visit's entry back: it was cancelled, or its day or order was closed before it
    /// (rule 8.3).
    pub(crate) fn give_back(&mut self, order: &Order) -> Result<(), StoreError> {
        self.change(order, |pass| pass.give_back().map_err(StoreError::from))
    }

    /// Frees the visit's used entry: it was missed on a day that turned out to be closed.
    pub(crate) fn return_used(&mut self, order: &Order) -> Result<(), StoreError> {
        self.change(order, |pass| pass.return_used().map_err(StoreError::from))
    }

    /// Writes the passes that were changed.
    pub(crate) fn save(&self, stores: &mut dyn Stores) -> Result<(), StoreError> {
        if self.changed.is_empty() {
            return Ok(());
        }
        let changed = self.changed.iter();
        let changed: Vec<AnnualPass> = changed
            .filter_map(|id| self.passes.get(id).cloned())
            .collect();
        stores.annual_passes().save(&changed)
    }

    fn change(
        &mut self,
        order: &Order,
        step: impl FnOnce(&mut AnnualPass) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some(id) = order.pass else {
            return Ok(());
        };
        let pass = self.passes.get_mut(&id).ok_or_else(|| {
            StoreError::Fault("a visit's annual pass does not exist or was not locked".to_owned())
        })?;
        step(pass)?;
        self.changed.insert(id);
        Ok(())
    }
}

/// An entry that cannot be moved although the visit's state says where it is.
impl From<NoSuchEntry> for StoreError {
    fn from(error: NoSuchEntry) -> Self {
        Self::Fault(error.to_string())
    }
}
