//! The search for contradictions in what is committed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::id::AccountId;
use crate::ledger::LedgerKind;
use crate::money::{Fen, MoneyError};
use crate::order::{Order, OrderState, TicketState};
use crate::payment::AttemptState;
use crate::ports::{Finding, StoreError, Sweep};
use crate::quota::QuotaKey;
use crate::rules::Rules;
use crate::venue::VenueKind;
use crate::visit_date::VisitDate;

use super::MemoryStore;
use super::tables::Tables;

impl Sweep for MemoryStore {
    fn dates(&self) -> Result<Vec<VisitDate>, StoreError> {
        let tables = self.snapshot();
        let days = tables.days.keys().copied();
        let quotas = tables.quotas.keys().map(|key| key.date);
        let orders = tables.orders.values().map(|order| order.date);
        let dates: BTreeSet<VisitDate> = days.chain(quotas).chain(orders).collect();
        Ok(dates.into_iter().collect())
    }

    fn check_date(&self, date: VisitDate) -> Result<Vec<Finding>, StoreError> {
        let tables = self.snapshot();
        let orders: Vec<&Order> = tables
            .orders
            .values()
            .map(|order| &**order)
            .filter(|order| order.date == date)
            .collect();
        let mut findings = twice_admitted(&orders);
        findings.extend(too_many_admitted(&orders));
        findings.extend(tables.not_erased(date, &orders));
        findings.extend(tables.misplaced(&orders));
        findings.extend(tables.miscounted(date, &orders));
        findings.extend(tables.wrong_no_shows(date));
        findings.extend(orders.iter().copied().filter_map(wrong_state));
        findings.extend(orders.iter().filter_map(|order| {
            let what = tables.wrong_visit(order)?;
            Some(finding("8.1", order, what))
        }));
        for order in orders {
            findings.extend(tables.unused_entries(order));
            findings.extend(tables.unmissed(order));
            let wrong = tables.wrong_money(order).unwrap_or_else(|error| {
                let text = error.to_string();
                vec![text]
            });
            findings.extend(wrong.into_iter().map(|what| finding("6.6", order, &what)));
            findings.extend(tables.wrong_invoice(order));
        }
        Ok(findings)
    }

    fn check_undated(&self, now: DateTime<Utc>) -> Result<Vec<Finding>, StoreError> {
        let tables = self.snapshot();
        Ok(tables
            .without_order()
            .chain(tables.miscounted_passes())
            .chain(tables.long_open(now))
            .chain(tables.invoices_without_order())
            .chain(tables.unrecorded(now))
            .collect())
    }
}

fn finding(rule: &'static str, order: &Order, what: &str) -> Finding {
    let text = format!("order {}: {what}", order.number);
    Finding { rule, text }
}

fn twice_admitted(orders: &[&Order]) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for order in orders {
        let live = order.tickets.iter().filter(|ticket| ticket.state.is_live());
        for document in live.filter_map(|ticket| ticket.document_hash) {
            if !seen.insert(document) {
                findings.push(finding("4.3", order, "a document is admitted twice"));
            }
        }
    }
    findings
}

/// Accounts with more live admissions of one date than rule 4.9 allows.
fn too_many_admitted(orders: &[&Order]) -> Vec<Finding> {
    let most = Rules::default().admissions_per_account_and_day;
    let mut admissions: BTreeMap<AccountId, usize> = BTreeMap::new();
    for order in orders {
        let live = order.tickets.iter().filter(|ticket| ticket.state.is_live());
        *admissions.entry(order.account).or_default() += live.count();
    }
    let too_many = admissions.into_iter().filter(|(_, live)| *live > most);
    let findings = too_many.map(|(account, live)| Finding {
        rule: "4.9",
        text: format!("account {account} has {live} live admissions"),
    });
    findings.collect()
}

/// What is wrong with an order's state beside those of its tickets (section 5 of the rules).
fn wrong_state(order: &Order) -> Option<Finding> {
    use TicketState::{Cancelled, Expired, Held, Refunded, Used, Valid};

    let items = order.tickets.iter().flat_map(|ticket| {
        let add_ons = ticket.add_ons.iter().map(|add_on| add_on.state);
        std::iter::once(ticket.state).chain(add_ons)
    });
    let allowed: &[TicketState] = match order.state {
        OrderState::Unpaid => &[Held],
        OrderState::Paid => &[Valid, Used, Refunded, Expired],
        OrderState::Used => &[Used, Valid, Refunded, Expired],
        OrderState::Refunded => &[Refunded],
        OrderState::Cancelled => &[Cancelled],
        OrderState::Closed => &[Cancelled, Refunded, Used, Expired],
    };
    let strays = items.filter(|state| !allowed.contains(state)).count();
    let what = format!(
        "{} with {strays} places in no such state",
        order.state.code()
    );
    let mut derived = order.clone();
    derived.derive_state();
    if strays > 0 {
        Some(finding("5", order, &what))
    } else if derived.state != order.state {
        Some(finding("5", order, "its state is not that of its tickets"))
    } else {
        None
    }
}

impl Tables {
    /// What is personal goes together, and leaves nothing once its day is erased (rule 10.3).
    fn not_erased(&self, date: VisitDate, orders: &[&Order]) -> Vec<Finding> {
        let erased = self.erased_days.contains(&date);
        let mut findings = Vec::new();
        for order in orders {
            let halves = order.tickets.iter().map(|ticket| {
                let (hash, identity) = (ticket.document_hash.is_some(), ticket.identity.is_some());
                hash != identity || (erased && hash)
            });
            if halves.into_iter().any(|half| half) || (erased && order.phone.is_some()) {
                findings.push(finding("10.3", order, "it is not erased whole"));
            }
            if self.has_mail_about_erased_invoice(order) {
                let what = "a mail about its invoice, which is erased, is not";
                findings.push(finding("10.3", order, what));
            }
        }
        findings
    }

    /// Add-ons of a venue that is none, or that every ticket admits to anyway (rule 2.1).
    fn misplaced(&self, orders: &[&Order]) -> Vec<Finding> {
        let is_add_on = |venue| {
            let venue = self.venues.get(venue);
            venue.is_some_and(|venue| venue.kind() == VenueKind::AddOn)
        };
        let mut findings = Vec::new();
        for order in orders {
            let add_ons = order.tickets.iter().flat_map(|ticket| &ticket.add_ons);
            for add_on in add_ons.filter(|add_on| !is_add_on(&add_on.venue)) {
                let what = format!("an add-on of {}, which sells none", add_on.venue);
                findings.push(finding("2.1", order, &what));
            }
        }
        findings
    }

    fn miscounted(&self, date: VisitDate, orders: &[&Order]) -> Vec<Finding> {
        let mut live: BTreeMap<QuotaKey, u32> = BTreeMap::new();
        for order in orders {
            for (venue, places) in order.live_places() {
                let session = order.session.clone();
                let key = QuotaKey {
                    date,
                    session,
                    venue,
                };
                *live.entry(key).or_default() += places;
            }
        }
        let mut findings = Vec::new();
        for quota in self.quotas_in(&(date..=date)) {
            let counted = live.remove(quota.key()).unwrap_or_default();
            let ceiling = quota.capacity().max(quota.taken());
            if counted != quota.taken() || quota.ceiling() != ceiling {
                findings.push(quota_finding(quota.key(), quota.taken(), counted));
            }
        }
        findings.extend(live.iter().map(|(key, live)| quota_finding(key, 0, *live)));
        findings
    }

    fn wrong_money(&self, order: &Order) -> Result<Vec<String>, MoneyError> {
        let prices = order.tickets.iter().flat_map(|ticket| {
            let add_ons = ticket.add_ons.iter().map(|add_on| add_on.price);
            std::iter::once(ticket.price).chain(add_ons)
        });
        let refunds = self.refunds.values().map(|row| &row.refund);
        let refunds = refunds.filter(|refund| refund.order == order.id);
        let booked = |kind| {
            let lines = self.ledger.iter();
            let lines = lines.filter(|line| line.order == order.id && line.kind == kind);
            Fen::total(lines.map(|line| line.amount))
        };
        let is_paid = self.attempts.get(&order.number).is_some_and(|attempt| {
            attempt.state == AttemptState::Paid && attempt.amount == order.paid
        });
        let checks = [
            (
                order.total == Fen::total(prices)?,
                "its total is not the sum of its prices",
            ),
            (
                order.paid.is_zero() || order.paid == order.total,
                "not its total was paid",
            ),
            (
                order.paid == booked(LedgerKind::Payment)?,
                "the ledger knows another payment",
            ),
            (
                order.refunded == booked(LedgerKind::Refund)?,
                "the ledger knows another refund",
            ),
            (
                order.refunded == Fen::total(refunds.map(|refund| refund.amount))?,
                "its refunds add up to another sum",
            ),
            (
                order.refunded <= order.paid,
                "more is asked back than was paid",
            ),
            (
                order.paid.is_zero() || is_paid,
                "it is paid without a paid attempt",
            ),
        ];
        let wrong = checks.into_iter().filter(|(holds, _)| !holds);
        Ok(wrong.map(|(_, what)| what.to_owned()).collect())
    }
}

fn quota_finding(key: &QuotaKey, taken: u32, live: u32) -> Finding {
    let QuotaKey { session, venue, .. } = key;
    Finding {
        rule: "4.6",
        text: format!("{session} {venue}: {taken} taken, {live} live places"),
    }
}
