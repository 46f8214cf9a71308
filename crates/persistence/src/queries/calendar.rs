//! Days, quotas, sessions, venues and prices.

use domain::calendar::OpeningDay;
use domain::ports::{CalendarQueries, StoreError};
use domain::quota::Quota;
use domain::session::Session;
use domain::ticket_type::PriceList;
use domain::venue::Venue;
use domain::visit_date::VisitDate;

use super::MysqlQueries;
use crate::stores::{catalogue, days, quotas};

impl CalendarQueries for MysqlQueries {
    fn days(&self, first: VisitDate, last: VisitDate) -> Result<Vec<OpeningDay>, StoreError> {
        let rows = self.run(|connection| days::range(connection, first, last))?;
        rows.into_iter().map(OpeningDay::try_from).collect()
    }

    fn quotas(&self, first: VisitDate, last: VisitDate) -> Result<Vec<Quota>, StoreError> {
        let rows = self.run(|connection| quotas::range(connection, first, last))?;
        rows.into_iter().map(Quota::try_from).collect()
    }

    fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        let rows = self.run(catalogue::sessions)?;
        rows.into_iter().map(Session::try_from).collect()
    }

    fn venues(&self) -> Result<Vec<Venue>, StoreError> {
        let rows = self.run(catalogue::venues)?;
        rows.into_iter().map(Venue::try_from).collect()
    }

    fn prices(&self) -> Result<PriceList, StoreError> {
        catalogue::price_list(self.run(catalogue::prices)?)
    }
}
