//! Sealed texts, wherever they stand.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use uuid::Uuid;

use crate::key_rotation::{KeyUse, Resealed, Rotation, SealedRow, SealedTable};
use crate::order::Ticket;
use crate::ports::{SealedRowStore, StoreError};
use crate::sealed::Sealed;

use super::draft::Draft;
use super::tables::{Tables, limited};

const TICKETS: SealedTable = SealedTable::new("tickets");
const SAVED_VISITORS: SealedTable = SealedTable::new("saved_visitors");
const ANNUAL_PASSES: SealedTable = SealedTable::new("annual_passes");
const INVOICES: SealedTable = SealedTable::new("invoices");
const MAILS: SealedTable = SealedTable::new("mails");

impl Tables {
    pub(super) fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.orders.values().flat_map(|order| &order.tickets)
    }

    /// Changes the ticket `id`, if it is there.
    pub(super) fn change_ticket(&mut self, id: Uuid, change: impl FnOnce(&mut Ticket)) {
        let orders = Arc::make_mut(&mut self.orders).values_mut();
        let mut tickets = orders
            .filter(|order| order.tickets.iter().any(|ticket| ticket.id.uuid() == id))
            .flat_map(|order| &mut Arc::make_mut(order).tickets);
        if let Some(ticket) = tickets.find(|ticket| ticket.id.uuid() == id) {
            change(ticket);
        }
    }

    fn sealed_of(&self, table: SealedTable) -> BTreeMap<Uuid, Option<Sealed>> {
        match table {
            TICKETS => self
                .tickets()
                .map(|ticket| (ticket.id.uuid(), ticket.identity.clone()))
                .collect(),
            SAVED_VISITORS => self
                .visitors
                .values()
                .map(|visitor| (visitor.id.uuid(), Some(visitor.identity.clone())))
                .collect(),
            ANNUAL_PASSES => self
                .annual_passes
                .values()
                .map(|pass| (pass.id.uuid(), pass.identity.clone()))
                .collect(),
            INVOICES => self
                .invoices
                .values()
                .map(|invoice| (invoice.id.uuid(), invoice.details.clone()))
                .collect(),
            MAILS => self
                .mails
                .values()
                .map(|mail| (mail.id.uuid(), mail.letter.clone()))
                .collect(),
            _ => BTreeMap::new(),
        }
    }

    fn write_sealed(&mut self, table: SealedTable, change: &Resealed) {
        let becomes = change.becomes.clone();
        match table {
            TICKETS => self.change_ticket(change.owner, |ticket| ticket.identity = Some(becomes)),
            SAVED_VISITORS => {
                let mut visitors = Arc::make_mut(&mut self.visitors).values_mut();
                if let Some(visitor) = visitors.find(|row| row.id.uuid() == change.owner) {
                    visitor.identity = becomes;
                }
            }
            ANNUAL_PASSES => {
                let mut passes = Arc::make_mut(&mut self.annual_passes).values_mut();
                if let Some(pass) = passes.find(|row| row.id.uuid() == change.owner) {
                    pass.identity = Some(becomes);
                }
            }
            INVOICES => {
                let mut invoices = Arc::make_mut(&mut self.invoices).values_mut();
                if let Some(invoice) = invoices.find(|row| row.id.uuid() == change.owner) {
                    invoice.details = Some(becomes);
                }
            }
            MAILS => {
                let mut mails = Arc::make_mut(&mut self.mails).values_mut();
                if let Some(mail) = mails.find(|row| row.id.uuid() == change.owner) {
                    mail.letter = Some(becomes);
                }
            }
            _ => {}
        }
    }
}

impl SealedRowStore for Draft {
    fn sealed_tables(&mut self) -> Vec<SealedTable> {
        vec![TICKETS, SAVED_VISITORS, ANNUAL_PASSES, INVOICES, MAILS]
    }

    fn sealed_rows(
        &mut self,
        table: SealedTable,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let sealed = self.tables.sealed_of(table);
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = sealed.range((from, Bound::Unbounded));
        let rows = rows.map(|(owner, sealed)| SealedRow {
            owner: *owner,
            sealed: sealed.clone(),
        });
        Ok(limited(rows.collect(), limit))
    }

    fn reseal(&mut self, table: SealedTable, changes: &[Resealed]) -> Result<u64, StoreError> {
        let sealed = self.tables.sealed_of(table);
        let mut written = 0;
        for change in changes {
            let held = sealed.get(&change.owner).and_then(Option::as_ref);
            if held == Some(&change.was) {
                self.tables.write_sealed(table, change);
                written += 1;
            }
        }
        Ok(written)
    }

    fn key_uses(&mut self) -> Result<Vec<KeyUse>, StoreError> {
        let mut uses: BTreeMap<(SealedTable, String), u64> = BTreeMap::new();
        for table in self.sealed_tables() {
            for sealed in self.tables.sealed_of(table).into_values().flatten() {
                *uses.entry((table, sealed.key_id)).or_default() += 1;
            }
        }
        let uses = uses.into_iter();
        let uses = uses.map(|((table, key_id), rows)| KeyUse {
            table,
            key_id,
            rows,
        });
        Ok(uses.collect())
    }

    fn rotation(
        &mut self,
        table: SealedTable,
        key_id: &str,
    ) -> Result<Option<Rotation>, StoreError> {
        let key = (table.name(), key_id.to_owned());
        Ok(self.tables.rotations.get(&key).cloned())
    }

    fn save_rotation(&mut self, rotation: &Rotation) -> Result<(), StoreError> {
        let key = (rotation.table.name(), rotation.key_id.clone());
        Arc::make_mut(&mut self.tables.rotations).insert(key, rotation.clone());
        Ok(())
    }
}
