//! The days that scenarios sell.

use domain::calendar::{DayState, Hours, OpeningDay};
use domain::ports::Sweep as _;
use domain::quota::Quota;
use domain::rules::Rules;
use domain::session::first_sessions;
use domain::use_cases::open_days::set_day;
use domain::use_cases::open_quotas::{TemplateLine, open_quotas};
use domain::venue::first_venues;
use domain::visit_date::VisitDate;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};
use crate::orders::HOT_SESSION;

/// More places than any scenario can sell.
pub(crate) const PLENTY: u32 = 50_000_000;

/// The venue that every ticket admits to.
const PALACE: &str = "palace";

impl Bench {
    /// Opens another day that is on sale, with `capacity` places in every venue and session.
    pub(crate) fn open_day(&self, capacity: u32) -> Result<VisitDate, Failure> {
        let date = self.next_day()?;
        let unit_of_work = self.unit_of_work();
        let day = OpeningDay::new(date, DayState::Open, Hours::of_season(date.season()), None);
        set_day(&*unit_of_work, &Rules::default(), &day, self.clock().now())
            .context("opening a day")?;
        let (sessions, venues) = (first_sessions(), first_venues());
        let line =
            |session: &domain::session::Session, venue: &domain::venue::Venue| TemplateLine {
                session: session.code().clone(),
                venue: venue.code().clone(),
                capacity,
            };
        let template: Vec<TemplateLine> = sessions
            .iter()
            .flat_map(|session| venues.iter().map(move |venue| line(session, venue)))
            .collect();
        open_quotas(&*unit_of_work, date, &template).context("opening quotas")?;
        Ok(date)
    }

    /// The quota of the hot session.
    pub(crate) fn hot_quota(&self, date: VisitDate) -> Result<Quota, Failure> {
        let quotas = self.queries().quotas(date, date);
        let mut quotas = quotas.context("reading quotas")?.into_iter();
        let quota = quotas.find(|quota| {
            quota.key().session.as_str() == HOT_SESSION && quota.key().venue.as_str() == PALACE
        });
        quota.ok_or_else(|| Failure::new(format!("{date} has no quota")))
    }

    /// What the sweep of rule 4.6 finds on a date.
    pub(crate) fn sweep(&self, date: VisitDate) -> Result<Vec<String>, Failure> {
        let findings = self.database().queries().check_date(date);
        let findings = findings.context("sweeping")?.into_iter();
        Ok(findings
            .map(|finding| format!("{date} rule {}: {}", finding.rule, finding.text))
            .collect())
    }
}
