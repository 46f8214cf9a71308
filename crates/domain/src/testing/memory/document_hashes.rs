//! Hashes of documents, wherever they stand.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::account::SavedVisitor;
use crate::annual_pass::AnnualPass;
use crate::no_show::{Ban, NoShow};
use crate::order::Ticket;
use crate::ports::{DocumentHashStore, StoreError};
use crate::rehashing::{HashKeyId, HashKeys, HashedRow, HashedTable, Orphans, Rehashed};
use crate::sealed::DocumentHash;

use super::draft::Draft;
use super::tables::{Tables, limited};

const TICKETS: HashedTable = HashedTable::new("tickets");
const ANNUAL_PASSES: HashedTable = HashedTable::new("annual_passes");
const SAVED_VISITORS: HashedTable = HashedTable::new("saved_visitors");

fn row_of_ticket(ticket: &Ticket) -> HashedRow {
    HashedRow {
        owner: ticket.id.uuid(),
        document_type: ticket.document_type,
        nationality: ticket.nationality.clone(),
        hash: ticket.document_hash,
        identity: ticket.identity.clone(),
    }
}

fn row_of_visitor(visitor: &SavedVisitor) -> HashedRow {
    HashedRow {
        owner: visitor.id.uuid(),
        document_type: visitor.document_type,
        nationality: visitor.nationality.clone(),
        hash: Some(visitor.document_hash),
        identity: Some(visitor.identity.clone()),
    }
}

fn row_of_pass(pass: &AnnualPass) -> HashedRow {
    HashedRow {
        owner: pass.id.uuid(),
        document_type: pass.document_type,
        nationality: pass.nationality.clone(),
        hash: pass.document_hash,
        identity: pass.identity.clone(),
    }
}

impl Tables {
    fn hashed_of(&self, table: HashedTable) -> BTreeMap<Uuid, HashedRow> {
        let rows: Vec<HashedRow> = match table {
            TICKETS => self.tickets().map(row_of_ticket).collect(),
            SAVED_VISITORS => self.visitors.values().map(row_of_visitor).collect(),
            ANNUAL_PASSES => self.annual_passes.values().map(row_of_pass).collect(),
            _ => Vec::new(),
        };
        rows.into_iter().map(|row| (row.owner, row)).collect()
    }

    fn write_hash(&mut self, table: HashedTable, owner: Uuid, becomes: DocumentHash) {
        match table {
            TICKETS => self.change_ticket(owner, |ticket| ticket.document_hash = Some(becomes)),
            SAVED_VISITORS => {
                let mut visitors = Arc::make_mut(&mut self.visitors).values_mut();
                if let Some(visitor) = visitors.find(|visitor| visitor.id.uuid() == owner) {
                    visitor.document_hash = becomes;
                }
            }
            ANNUAL_PASSES => {
                let mut passes = Arc::make_mut(&mut self.annual_passes).values_mut();
                if let Some(pass) = passes.find(|pass| pass.id.uuid() == owner) {
                    pass.document_hash = Some(becomes);
                }
            }
            _ => {}
        }
    }

    /// No-shows and bans follow the document.
    fn follow(&mut self, new: &BTreeMap<DocumentHash, DocumentHash>) {
        let no_shows = std::mem::take(Arc::make_mut(&mut self.no_shows)).into_values();
        let no_shows = no_shows.map(|no_show| NoShow {
            document: new
                .get(&no_show.document)
                .copied()
                .unwrap_or(no_show.document),
            ..no_show
        });
        self.no_shows = Arc::new(
            no_shows
                .map(|row| ((row.document, row.date), row))
                .collect(),
        );
        let bans = std::mem::take(Arc::make_mut(&mut self.bans)).into_values();
        let bans = bans.map(|mut row| {
            let document = &mut row.ban.document;
            *document = new.get(document).copied().unwrap_or(*document);
            ((row.ban.document, row.ban.third), row)
        });
        self.bans = Arc::new(bans.collect());
    }

    fn has_identity(&self, no_show: &NoShow) -> bool {
        let mut tickets = self.tickets();
        tickets.any(|ticket| ticket.id == no_show.ticket && ticket.identity.is_some())
    }
}

impl DocumentHashStore for Draft {
    fn hash_keys(&mut self) -> Result<Option<HashKeys>, StoreError> {
        Ok(self.tables.hash_keys)
    }

    fn adopt_hash_key(&mut self, key: HashKeyId, _at: DateTime<Utc>) -> Result<(), StoreError> {
        self.tables.hash_keys.get_or_insert(HashKeys {
            current: key,
            next: None,
        });
        Ok(())
    }

    fn put_hash_keys(&mut self, keys: HashKeys, _at: DateTime<Utc>) -> Result<(), StoreError> {
        if self.tables.hash_keys.replace(keys).is_none() {
            let text = "a hash key is replaced where none was adopted";
            return Err(StoreError::Fault(text.to_owned()));
        }
        Ok(())
    }

    fn hashed_tables(&mut self) -> Vec<HashedTable> {
        vec![TICKETS, SAVED_VISITORS, ANNUAL_PASSES]
    }

    fn hashed_rows(
        &mut self,
        table: HashedTable,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<HashedRow>, StoreError> {
        let rows = self.tables.hashed_of(table);
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = rows.range((from, Bound::Unbounded));
        Ok(limited(rows.map(|(_, row)| row.clone()).collect(), limit))
    }

    fn rehash(&mut self, table: HashedTable, changes: &[Rehashed]) -> Result<(), StoreError> {
        for change in changes {
            self.tables.write_hash(table, change.owner, change.becomes);
        }
        let new = changes.iter().map(|change| (change.was, change.becomes));
        self.tables.follow(&new.collect());
        Ok(())
    }

    fn orphans(&mut self) -> Result<Orphans, StoreError> {
        let tables = &self.tables;
        let no_shows = tables.no_shows.values();
        let (known, lost): (Vec<&NoShow>, Vec<&NoShow>) =
            no_shows.partition(|no_show| tables.has_identity(no_show));
        let led_to = |ban: &Ban| known.iter().any(|no_show| no_show.document == ban.document);
        let bans = tables.bans.values().filter(|row| !led_to(&row.ban)).count();
        Ok(Orphans {
            no_shows: u64::try_from(lost.len()).unwrap_or(u64::MAX),
            bans: u64::try_from(bans).unwrap_or(u64::MAX),
        })
    }
}
