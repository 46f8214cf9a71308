//! No-shows and bans.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::id::{OrderId, TicketId};
use crate::no_show::{Ban, NoShow, NoShowHistory, Waiver};
use crate::order::{Order, Ticket};
use crate::ports::{BanStore, ListedNoShow, StoreError};
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

use super::draft::Draft;
use super::tables::{BanRow, Tables, limited};

impl Tables {
    fn bans_of(&self, documents: &[DocumentHash], day: VisitDate) -> Vec<Ban> {
        let rows = self.bans.values().filter(|row| row.lifted_at.is_none());
        let bans = rows.map(|row| &row.ban);
        bans.filter(|ban| documents.contains(&ban.document) && ban.last_day >= day)
            .cloned()
            .collect()
    }

    /// What counts of a document.
    pub(super) fn history(&self, document: DocumentHash) -> NoShowHistory {
        let no_shows = self.no_shows.values();
        let counting = no_shows.filter(|no_show| no_show.waiver.is_none());
        let own = counting.filter(|no_show| no_show.document == document);
        NoShowHistory {
            document,
            days: own.map(|no_show| no_show.date).collect(),
            bans: self.bans_of(&[document], VisitDate::new(chrono::NaiveDate::MIN)),
        }
    }

    pub(super) fn listed_no_shows(&self, date: VisitDate, limit: u32) -> Vec<ListedNoShow> {
        let no_shows = self.no_shows.values();
        let of_date = no_shows.filter(|no_show| no_show.date == date);
        let listed = of_date.filter_map(|no_show| {
            let (order, ticket) = self.ticket(no_show.ticket)?;
            Some(ListedNoShow {
                no_show: no_show.clone(),
                order: order.number.clone(),
                identity: ticket.identity.clone(),
            })
        });
        let mut listed: Vec<ListedNoShow> = listed.collect();
        listed.sort_by(|one, other| {
            let key = |listed: &ListedNoShow| (listed.order.clone(), listed.no_show.ticket);
            key(one).cmp(&key(other))
        });
        limited(listed, limit)
    }

    pub(super) fn ticket(&self, id: TicketId) -> Option<(&Order, &Ticket)> {
        let mut orders = self.orders.values();
        orders.find_map(|order| order.ticket(id).map(|ticket| (&**order, ticket)))
    }

    fn no_show_of(&mut self, ticket: TicketId) -> Option<&mut NoShow> {
        let mut no_shows = Arc::make_mut(&mut self.no_shows).values_mut();
        no_shows.find(|no_show| no_show.ticket == ticket)
    }
}

impl BanStore for Draft {
    fn bans(&mut self, documents: &[DocumentHash], day: VisitDate) -> Result<Vec<Ban>, StoreError> {
        Ok(self.tables.bans_of(documents, day))
    }

    fn histories(&mut self, documents: &[DocumentHash]) -> Result<Vec<NoShowHistory>, StoreError> {
        let documents: BTreeSet<DocumentHash> = documents.iter().copied().collect();
        let histories = documents
            .into_iter()
            .map(|document| self.tables.history(document));
        let known = |history: &NoShowHistory| !history.days.is_empty() || !history.bans.is_empty();
        Ok(histories.filter(known).collect())
    }

    fn lock(&mut self, documents: &[DocumentHash]) -> Result<Vec<NoShowHistory>, StoreError> {
        self.locks.no_shows();
        self.histories(documents)
    }

    fn of_tickets(&mut self, tickets: &[TicketId]) -> Result<Vec<NoShow>, StoreError> {
        let no_shows = self.tables.no_shows.values();
        let mut found: Vec<NoShow> = no_shows
            .filter(|no_show| tickets.contains(&no_show.ticket))
            .cloned()
            .collect();
        found.sort_by_key(|no_show| no_show.ticket);
        Ok(found)
    }

    fn counting_on(&mut self, date: VisitDate, limit: u32) -> Result<Vec<NoShow>, StoreError> {
        let no_shows = self.tables.no_shows.values();
        let counting = no_shows
            .filter(|no_show| no_show.date == date && no_show.waiver.is_none())
            .cloned();
        Ok(limited(counting.collect(), limit))
    }

    fn record(&mut self, no_show: &NoShow) -> Result<bool, StoreError> {
        self.locks.no_shows();
        let key = (no_show.document, no_show.date);
        let known = self.tables.no_shows.contains_key(&key);
        if !known {
            if self.tables.no_show_of(no_show.ticket).is_some() {
                let text = "a ticket has two no-shows";
                return Err(StoreError::Fault(text.to_owned()));
            }
            Arc::make_mut(&mut self.tables.no_shows).insert(key, no_show.clone());
        }
        Ok(!known)
    }

    fn waive(&mut self, ticket: TicketId, waiver: Waiver) -> Result<bool, StoreError> {
        self.locks.no_shows();
        let no_show = self.tables.no_show_of(ticket);
        let Some(no_show) = no_show.filter(|no_show| no_show.waiver.is_none()) else {
            return Ok(false);
        };
        no_show.waiver = Some(waiver);
        Ok(true)
    }

    fn ban(&mut self, ban: &Ban) -> Result<(), StoreError> {
        let row = BanRow {
            ban: ban.clone(),
            lifted_at: None,
        };
        Arc::make_mut(&mut self.tables.bans)
            .entry((ban.document, ban.third))
            .and_modify(|known| known.lifted_at = None)
            .or_insert(row);
        Ok(())
    }

    fn lift(&mut self, ban: &Ban, at: DateTime<Utc>) -> Result<(), StoreError> {
        let key = (ban.document, ban.third);
        if let Some(row) = Arc::make_mut(&mut self.tables.bans).get_mut(&key) {
            row.lifted_at.get_or_insert(at);
        }
        Ok(())
    }
}

/// At most `limit` of the orders after `after`.
pub(super) fn page_of_orders(
    orders: impl Iterator<Item = OrderId>,
    after: Option<OrderId>,
    limit: u32,
) -> Vec<OrderId> {
    let orders: BTreeSet<OrderId> = orders.collect();
    let later = orders
        .into_iter()
        .filter(|order| after.is_none_or(|after| *order > after));
    limited(later.collect(), limit)
}
