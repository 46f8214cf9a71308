//! Gates, and the check-ins that admitted somebody.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::check_in::{CheckIn, Verdict, use_in};
use crate::gate::{Gate, GateName};
use crate::id::{GateId, RequestKey, TicketId};
use crate::order::Order;
use crate::ports::{CheckInStore, Finding, GateQueries, GateStore, StoreError, UniqueKey};
use crate::venue::VenueCode;

use super::MemoryStore;
use super::draft::Draft;
use super::tables::Tables;

const DUPLICATE: StoreError = StoreError::Duplicate(UniqueKey::Other);

impl GateStore for Draft {
    fn insert(&mut self, gate: &Gate) -> Result<(), StoreError> {
        let mut others = self.tables.gates.values();
        if others.any(|other| other.id == gate.id || other.name == gate.name) {
            return Err(DUPLICATE);
        }
        Arc::make_mut(&mut self.tables.gates).insert(gate.id, gate.clone());
        Ok(())
    }

    fn revoke(&mut self, name: &GateName, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut gates = Arc::make_mut(&mut self.tables.gates).values_mut();
        let gate = gates.find(|gate| gate.name == *name && gate.revoked_at.is_none());
        Ok(gate.is_some_and(|gate| gate.revoked_at.replace(at).is_none()))
    }
}

/// The places that a check-in gave entry to.
fn entries(check_in: &CheckIn) -> impl Iterator<Item = (TicketId, &VenueCode)> {
    let verdicts = check_in.verdicts.iter();
    let admitted = verdicts.filter(|(_, verdict)| *verdict == Verdict::Admitted);
    admitted.map(|(ticket, _)| (*ticket, &check_in.venue))
}

impl CheckInStore for Draft {
    fn find(&mut self, key: &RequestKey) -> Result<Option<CheckIn>, StoreError> {
        Ok(self.tables.check_ins.get(key).cloned())
    }

    fn insert(&mut self, check_in: &CheckIn) -> Result<(), StoreError> {
        let known = self.tables.check_ins.values();
        let given: BTreeSet<_> = known.flat_map(entries).collect();
        if entries(check_in).any(|entry| given.contains(&entry))
            || self.tables.check_ins.contains_key(&check_in.request_key)
        {
            return Err(DUPLICATE);
        }
        Arc::make_mut(&mut self.tables.check_ins).insert(check_in.request_key, check_in.clone());
        Ok(())
    }
}

impl GateQueries for MemoryStore {
    fn gate(&self, id: GateId) -> Result<Option<Gate>, StoreError> {
        Ok(self.snapshot().gates.get(&id).cloned())
    }

    fn gates(&self) -> Result<Vec<Gate>, StoreError> {
        let mut gates: Vec<Gate> = self.snapshot().gates.values().cloned().collect();
        gates.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(gates)
    }
}

impl Tables {
    /// Check-ins of this order that admitted a ticket which is not used there and then.
    pub(super) fn unused_entries(&self, order: &Order) -> Vec<Finding> {
        let of_order = self.check_ins.values();
        let of_order = of_order.filter(|check_in| check_in.order == order.id);
        let mut findings = Vec::new();
        for check_in in of_order {
            for (ticket, venue) in entries(check_in) {
                let used = order
                    .ticket(ticket)
                    .and_then(|ticket| use_in(ticket, venue));
                let is_so = |used: &crate::order::Admission| {
                    used.at == check_in.at && used.gate == check_in.gate
                };
                if !used.is_some_and(is_so) {
                    findings.push(Finding {
                        rule: "9.2",
                        text: format!(
                            "ticket {ticket} was admitted to {venue} and is not used there"
                        ),
                    });
                }
            }
        }
        findings
    }
}
