//! Banners, notices and exhibitions.

use chrono::{DateTime, Utc};
use domain::content::{Banner, ContentCode, Exhibition, Notice};
use domain::ports::{ContentQueries, StoreError};
use domain::visit_date::VisitDate;

use super::MysqlQueries;
use crate::stores::{content, notices};

impl ContentQueries for MysqlQueries {
    fn banners(&self, now: DateTime<Utc>) -> Result<Vec<Banner>, StoreError> {
        let rows = self.run(|connection| content::shown_banners(connection, now))?;
        rows.into_iter().map(Banner::try_from).collect()
    }

    fn notices(&self, now: DateTime<Utc>) -> Result<Vec<Notice>, StoreError> {
        notices::assemble(self.run(|connection| notices::published(connection, now))?)
    }

    fn notice(&self, code: &ContentCode, now: DateTime<Utc>) -> Result<Option<Notice>, StoreError> {
        let rows = self.run(|connection| notices::one(connection, code, now))?;
        Ok(notices::assemble(rows)?.pop())
    }

    fn exhibitions(&self, date: VisitDate) -> Result<Vec<Exhibition>, StoreError> {
        let rows = self.run(|connection| content::exhibitions_on(connection, date))?;
        rows.into_iter().map(Exhibition::try_from).collect()
    }
}
