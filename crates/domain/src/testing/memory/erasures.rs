//! Erasing what is personal.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::invoice::Invoice;
use crate::mail::MailKind;
use crate::order::Order;
use crate::ports::{ErasureStore, StoreError};
use crate::visit_date::VisitDate;

use super::draft::Draft;
use super::tables::{Tables, limited};

impl Tables {
    fn orders_of(&mut self, date: VisitDate) -> impl Iterator<Item = &mut Order> {
        let orders = Arc::make_mut(&mut self.orders).values_mut();
        let of_date = orders.filter(move |order| order.date == date);
        of_date.map(Arc::make_mut)
    }
}

impl ErasureStore for Draft {
    fn dates_to_erase(
        &mut self,
        last: VisitDate,
        limit: u32,
    ) -> Result<Vec<VisitDate>, StoreError> {
        let orders = self.tables.orders.values();
        let dates: BTreeSet<VisitDate> = orders
            .map(|order| order.date)
            .filter(|date| *date <= last && !self.tables.erased_days.contains(date))
            .collect();
        Ok(limited(dates.into_iter().collect(), limit))
    }

    fn erase_tickets(&mut self, date: VisitDate, limit: u32) -> Result<u64, StoreError> {
        let tickets = self
            .tables
            .orders_of(date)
            .flat_map(|order| &mut order.tickets);
        let known =
            tickets.filter(|ticket| ticket.document_hash.is_some() || ticket.identity.is_some());
        let mut erased = 0;
        for ticket in limited(known.collect(), limit) {
            ticket.document_hash = None;
            ticket.identity = None;
            erased += 1;
        }
        Ok(erased)
    }

    fn erase_phones(&mut self, date: VisitDate, limit: u32) -> Result<u64, StoreError> {
        let orders = self.tables.orders_of(date);
        let known = orders.filter(|order| order.phone.is_some());
        let mut erased = 0;
        for order in limited(known.collect(), limit) {
            order.phone = None;
            erased += 1;
        }
        Ok(erased)
    }

    fn erase_invoices(&mut self, last: VisitDate, limit: u32) -> Result<u64, StoreError> {
        let orders = &self.tables.orders;
        let is_over = |invoice: &Invoice| {
            let order = orders.get(&invoice.order);
            order.is_some_and(|order| order.date <= last)
        };
        let invoices = Arc::make_mut(&mut self.tables.invoices).values_mut();
        let known = invoices.filter(|invoice| invoice.details.is_some() && is_over(invoice));
        let mut erased = BTreeSet::new();
        for invoice in limited(known.collect(), limit) {
            invoice.details = None;
            erased.insert(invoice.id.to_string());
        }
        let mails = Arc::make_mut(&mut self.tables.mails).values_mut();
        let about = mails.filter(|mail| match mail.kind {
            MailKind::InvoiceIssued => erased.contains(&mail.reference),
        });
        for mail in about {
            mail.letter = None;
            mail.attachment = None;
        }
        Ok(u64::try_from(erased.len()).unwrap_or(u64::MAX))
    }

    fn erase_passes(&mut self, last_year: i32, limit: u32) -> Result<u64, StoreError> {
        let passes = Arc::make_mut(&mut self.tables.annual_passes).values_mut();
        let known = passes.filter(|pass| {
            let known = pass.document_hash.is_some() || pass.identity.is_some();
            pass.year <= last_year && (known || pass.birth_date.is_some())
        });
        let mut erased = 0;
        for pass in limited(known.collect(), limit) {
            pass.document_hash = None;
            pass.identity = None;
            pass.birth_date = None;
            erased += 1;
        }
        Ok(erased)
    }

    fn note_erased(&mut self, date: VisitDate, _at: DateTime<Utc>) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.erased_days).insert(date);
        Ok(())
    }

    fn delete_no_shows(
        &mut self,
        last: VisitDate,
        today: VisitDate,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let bans = Arc::clone(&self.tables.bans);
        let needed = |document, date| {
            bans.values().any(|row| {
                let ban = &row.ban;
                let rests = ban.document == document && ban.third >= date;
                rests && row.lifted_at.is_none() && ban.last_day >= today
            })
        };
        let no_shows = Arc::make_mut(&mut self.tables.no_shows);
        let keys = no_shows.keys().copied();
        let keys = keys.filter(|(document, date)| *date <= last && !needed(*document, *date));
        let keys = limited(keys.collect(), limit);
        let removed = keys.iter().filter_map(|key| no_shows.remove(key)).count();
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }

    fn delete_bans(
        &mut self,
        last: VisitDate,
        today: VisitDate,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let bans = Arc::make_mut(&mut self.tables.bans);
        let over = bans
            .iter()
            .filter(|(_, row)| row.ban.third <= last && row.ban.last_day < today);
        let keys = limited(over.map(|(key, _)| *key).collect(), limit);
        let removed = keys.iter().filter_map(|key| bans.remove(key)).count();
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}
