//! `manage quota create`.

use clap::Args;
use domain::ports::CalendarQueries as _;
use domain::session::SessionCode;
use domain::use_cases::open_quotas::{OpenedQuotas, TemplateLine, default_template, open_quotas};
use domain::venue::VenueCode;

use super::{check_session, check_venue};
use crate::dates::{DateOrRange, progress};
use crate::failure::Failure;
use crate::house::House;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    days: DateOrRange,
    /// Only this session
    #[arg(long, value_parser = SessionCode::parse)]
    session: Option<SessionCode>,
    /// Only this venue
    #[arg(long, value_parser = VenueCode::parse)]
    venue: Option<VenueCode>,
    /// Places in each session, instead of those of rule 4.7
    #[arg(long, requires = "venue")]
    capacity: Option<u32>,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let days = self.days.days()?;
        let house = House::open()?;
        let template = self.template(&house)?;
        let unit_of_work = house.unit_of_work();
        let mut sum = OpenedQuotas::default();
        for (done, date) in days.each().enumerate() {
            add(&mut sum, open_quotas(&unit_of_work, date, &template)?);
            if let Some(text) = progress(done, date) {
                output::progress(&text);
            }
        }
        report(sum);
        Ok(())
    }

    fn template(&self, house: &House) -> Result<Vec<TemplateLine>, Failure> {
        let queries = house.queries();
        let (sessions, venues) = (queries.sessions()?, queries.venues()?);
        if let Some(code) = &self.session {
            let known: Vec<_> = sessions.iter().map(|it| it.code().clone()).collect();
            check_session(code, &known)?;
        }
        if let Some(code) = &self.venue {
            let known: Vec<_> = venues.iter().map(|it| it.code().clone()).collect();
            check_venue(code, &known)?;
        }
        let mut template = default_template(&sessions, &venues);
        if template.is_empty() {
            let text = "nothing is sold yet: run `manage ticket-types load` first";
            return Err(Failure::failed(text));
        }
        template.retain(|line| {
            let session = self.session.as_ref().is_none_or(|it| *it == line.session);
            let venue = self.venue.as_ref().is_none_or(|it| *it == line.venue);
            session && venue
        });
        if let Some(capacity) = self.capacity {
            template
                .iter_mut()
                .for_each(|line| line.capacity = capacity);
        }
        Ok(template)
    }
}

fn add(sum: &mut OpenedQuotas, day: OpenedQuotas) {
    sum.days = sum.days.saturating_add(day.days);
    sum.added = sum.added.saturating_add(day.added);
    sum.kept = sum.kept.saturating_add(day.kept);
    sum.left_out = sum.left_out.saturating_add(day.left_out);
}

fn report(sum: OpenedQuotas) {
    output::line(&format!(
        "{} open days: {} quotas added, {} kept as they were; {} days left out, which are closed \
         or not decided.",
        sum.days, sum.added, sum.kept, sum.left_out
    ));
    if sum.days == 0 {
        output::warning("none of these days is open: see `manage opening-days`");
    }
}
