//! Annual passes.

use std::sync::Arc;

use crate::annual_pass::AnnualPass;
use crate::id::{AccountId, AnnualPassId};
use crate::order::{Order, TicketState};
use crate::ports::{AnnualPassQueries, AnnualPassStore, Finding, StoreError, UniqueKey};
use crate::sealed::DocumentHash;

use super::MemoryStore;
use super::draft::Draft;
use super::tables::{Tables, limited};

/// What the CHECK constraint of the entries holds (rule 8.1).
fn check_entries(pass: &AnnualPass) -> Result<(), StoreError> {
    if pass.reserved.saturating_add(pass.used) <= pass.entries {
        return Ok(());
    }
    let text = "more entries are reserved and used than an annual pass has";
    Err(StoreError::Fault(text.to_owned()))
}

impl AnnualPassStore for Draft {
    fn of_document(
        &mut self,
        document: DocumentHash,
        year: i32,
    ) -> Result<Option<AnnualPass>, StoreError> {
        let mut passes = self.tables.annual_passes.values();
        Ok(passes
            .find(|pass| pass.document_hash == Some(document) && pass.year == year)
            .cloned())
    }

    fn lock(&mut self, ids: &[AnnualPassId]) -> Result<Vec<AnnualPass>, StoreError> {
        let passes = self.tables.annual_passes.values();
        let found: Vec<AnnualPass> = passes
            .filter(|pass| ids.contains(&pass.id))
            .cloned()
            .collect();
        let ids: Vec<AnnualPassId> = found.iter().map(|pass| pass.id).collect();
        self.locks.passes(&ids)?;
        Ok(found)
    }

    fn insert(&mut self, pass: &AnnualPass) -> Result<(), StoreError> {
        check_entries(pass)?;
        let mut passes = self.tables.annual_passes.values();
        let taken = passes.any(|other| {
            let same = other.document_hash.is_some() && other.document_hash == pass.document_hash;
            other.id == pass.id || (same && other.year == pass.year)
        });
        if taken {
            return Err(StoreError::Duplicate(UniqueKey::Other));
        }
        Arc::make_mut(&mut self.tables.annual_passes).insert(pass.id, pass.clone());
        Ok(())
    }

    fn save(&mut self, passes: &[AnnualPass]) -> Result<(), StoreError> {
        for pass in passes {
            self.locks.holds_pass(pass.id)?;
            check_entries(pass)?;
            let stored = Arc::make_mut(&mut self.tables.annual_passes).get_mut(&pass.id);
            let stored = stored.ok_or_else(|| {
                StoreError::Fault("an annual pass is saved that was never inserted".to_owned())
            })?;
            stored.reserved = pass.reserved;
            stored.used = pass.used;
            stored.voided_at = pass.voided_at;
        }
        Ok(())
    }

    fn not_void(&mut self, last_year: i32, limit: u32) -> Result<Vec<AnnualPassId>, StoreError> {
        let passes = self.tables.annual_passes.values();
        let past = passes.filter(|pass| pass.year <= last_year && pass.voided_at.is_none());
        Ok(limited(past.map(|pass| pass.id).collect(), limit))
    }
}

impl AnnualPassQueries for MemoryStore {
    fn annual_pass(&self, id: AnnualPassId) -> Result<Option<AnnualPass>, StoreError> {
        Ok(self.snapshot().annual_passes.get(&id).cloned())
    }

    fn annual_passes(&self, documents: &[DocumentHash]) -> Result<Vec<AnnualPass>, StoreError> {
        let tables = self.snapshot();
        let passes = tables.annual_passes.values();
        let is_theirs = |pass: &&AnnualPass| {
            let document = pass.document_hash;
            document.is_some_and(|document| documents.contains(&document))
        };
        let mut found: Vec<AnnualPass> = passes.filter(is_theirs).cloned().collect();
        found.sort_by_key(|pass| (std::cmp::Reverse(pass.year), pass.id));
        Ok(found)
    }

    fn pass_visits(
        &self,
        passes: &[AnnualPassId],
        account: Option<AccountId>,
    ) -> Result<Vec<Order>, StoreError> {
        let tables = self.snapshot();
        let visits = tables.orders.values().filter(|order| {
            order.pass.is_some_and(|pass| passes.contains(&pass))
                && account.is_none_or(|account| order.account == account)
        });
        let mut visits: Vec<Order> = visits.map(|order| Order::clone(order)).collect();
        visits.sort_by_key(|order| (order.date, order.id));
        Ok(visits)
    }
}

impl Tables {
    /// Passes whose entries are not those of their visits (rules 8.1 and 8.3).
    pub(super) fn miscounted_passes(&self) -> impl Iterator<Item = Finding> {
        self.annual_passes.values().filter_map(|pass| {
            let reserved = self.visits_in(pass, &[TicketState::Valid]);
            let used = self.visits_in(pass, &[TicketState::Used, TicketState::Expired]);
            let counted = (usize::from(pass.reserved), usize::from(pass.used));
            let text = format!(
                "annual pass {}: {} reserved and {} used, {reserved} and {used} by its visits",
                pass.id, pass.reserved, pass.used
            );
            (counted != (reserved, used)).then_some(Finding { rule: "8.1", text })
        })
    }

    fn visits_in(&self, pass: &AnnualPass, states: &[TicketState]) -> usize {
        let visits = self.orders.values();
        let visits = visits.filter(|order| order.pass == Some(pass.id));
        let tickets = visits.flat_map(|order| &order.tickets);
        tickets
            .filter(|ticket| states.contains(&ticket.state))
            .count()
    }

    /// Visits of a date on a pass that does not exist, of another year or of another document, and
    /// visits of several people or with anything but the one admission of the pass.
    pub(super) fn wrong_visit(&self, order: &Order) -> Option<&'static str> {
        let pass = self.annual_passes.get(&order.pass?);
        let Some(pass) = pass else {
            return Some("its annual pass does not exist");
        };
        let is_holders = |document: Option<DocumentHash>| {
            let both = document.zip(pass.document_hash);
            both.is_none_or(|(document, holder)| document == holder)
        };
        let mut tickets = order.tickets.iter();
        if pass.year != order.date.year() {
            Some("its annual pass is of another year")
        } else if order.tickets.len() != 1
            || !tickets.all(|ticket| is_holders(ticket.document_hash))
        {
            Some("its visitor is not the holder of its annual pass")
        } else {
            None
        }
    }
}
