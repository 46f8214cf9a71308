//! `manage opening-days set`.

use chrono::NaiveTime;
use clap::Args;
use domain::calendar::{DayState, Hours, OpeningDay};
use domain::ports::CalendarQueries as _;
use domain::text::LocalText;
use domain::use_cases::open_days::set_day;
use domain::use_cases::waive_no_shows::WaivedNoShows;
use domain::visit_date::VisitDate;

use super::hours_text;
use crate::dates::parse_time;
use crate::failure::Failure;
use crate::house::House;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The day, as YYYY-MM-DD
    #[arg(long, value_parser = VisitDate::parse)]
    date: VisitDate,
    /// open or closed
    #[arg(long, value_parser = DayState::parse)]
    state: DayState,
    /// When the gates open, as HH:MM; left out: as in the day's season
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    opens: Option<NaiveTime>,
    /// The last minute of entry; left out: as in the day's season
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    last_entry: Option<NaiveTime>,
    /// When everyone has to leave; left out: as in the day's season
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    closes: Option<NaiveTime>,
    /// What the public is told, in Chinese; left out: nothing
    #[arg(long, value_name = "TEXT", requires = "note_en")]
    note_zh: Option<String>,
    /// What the public is told, in English
    #[arg(long, value_name = "TEXT", requires = "note_zh")]
    note_en: Option<String>,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let day = self.day()?;
        let house = House::open()?;
        let (rules, now) = (&house.settings.rules, house.clock.now());
        let waived = set_day(&house.unit_of_work(), rules, &day, now)?;
        let (date, state) = (day.date(), day.state().code());
        output::line(&format!("{date}: {state}, {}", hours_text(day.hours())));
        if !day.is_open() {
            tell_waived(waived);
            warn_sold(&house, date)?;
        }
        Ok(())
    }

    fn day(self) -> Result<OpeningDay, Failure> {
        let usual = Hours::of_season(self.date.season());
        let hours = Hours::new(
            self.opens.unwrap_or(usual.opens()),
            self.last_entry.unwrap_or(usual.last_entry()),
            self.closes.unwrap_or(usual.closes()),
        )
        .map_err(|error| Failure::usage(error.to_string()))?;
        let note = self.note_zh.zip(self.note_en);
        let note = note.map(|(zh, en)| LocalText::new(zh, en));
        Ok(OpeningDay::new(self.date, self.state, hours, note))
    }
}

/// Rule 7.1: nobody has missed a closed day.
fn tell_waived(waived: WaivedNoShows) {
    if waived != WaivedNoShows::default() {
        output::line(&format!(
            "{} no-shows count no more, {} bans are lifted",
            waived.no_shows, waived.bans
        ));
    }
}

/// Closing a day ends its sale; what is sold is for staff to give back.
fn warn_sold(house: &House, date: VisitDate) -> Result<(), Failure> {
    let quotas = house.queries().quotas(date, date)?;
    let taken: u64 = quotas.iter().map(|quota| u64::from(quota.taken())).sum();
    if taken > 0 {
        output::warning(&format!(
            "{taken} places of {date} are taken; `manage opening-days close-orders {date}` closes \
             their orders"
        ));
    }
    Ok(())
}
