//! The file of one year's holidays; config/holidays/2026.toml describes it.

use domain::holiday::HolidayPeriod;
use domain::text::LocalText;
use domain::visit_date::VisitDate;
use serde::Deserialize;

/// A year with all its holiday periods.
#[derive(Debug, PartialEq)]
pub(crate) struct HolidayYear {
    pub(crate) year: i32,
    pub(crate) periods: Vec<HolidayPeriod>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: i32,
    period: Vec<Period>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Period {
    name_zh: String,
    name_en: String,
    first: String,
    last: String,
    eve: Option<String>,
}

impl HolidayYear {
    /// Reads a file; the error says what is wrong with which period.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let File { year, period } = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut periods = Vec::new();
        for period in period {
            let name = period.name_zh.clone();
            let period = period
                .check(year)
                .map_err(|text| format!("{name}: {text}"))?;
            periods.push(period);
        }
        check_order(&periods)?;
        Ok(Self { year, periods })
    }
}

impl Period {
    fn check(self, year: i32) -> Result<HolidayPeriod, String> {
        let first = parse_date(&self.first)?;
        let last = parse_date(&self.last)?;
        let eve = self.eve.as_deref().map(parse_date).transpose()?;
        if first.year() != year {
            return Err(format!("it does not begin in {year}"));
        }
        let name = LocalText::new(self.name_zh, self.name_en);
        HolidayPeriod::new(first, last, name, eve).map_err(|error| error.to_string())
    }
}

fn parse_date(text: &str) -> Result<VisitDate, String> {
    VisitDate::parse(text).map_err(|error| format!("{text}: {error}"))
}

fn check_order(periods: &[HolidayPeriod]) -> Result<(), String> {
    let overlap = periods.iter().zip(periods.iter().skip(1));
    for (earlier, later) in overlap {
        if later.first() <= earlier.last() {
            let (earlier, later) = (earlier.name().zh(), later.name().zh());
            return Err(format!("{later} must come after {earlier}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(periods: &str) -> Result<HolidayYear, String> {
        HolidayYear::parse(&format!("year = 2027\n{periods}"))
    }

    fn period(first: &str, last: &str, more: &str) -> String {
        format!(
            "[[period]]\nname_zh = \"元旦\"\nname_en = \"New Year's Day\"\n\
             first = \"{first}\"\nlast = \"{last}\"\n{more}\n"
        )
    }

    #[test]
    fn a_file_with_a_mistake_names_it() {
        assert!(year(&period("2027-01-01", "2027-01-03", "")).is_ok());
        for (periods, said) in [
            (
                period("2026-12-31", "2027-01-02", ""),
                "does not begin in 2027",
            ),
            (
                period("2027-01-03", "2027-01-01", ""),
                "must not end before",
            ),
            (period("2027-01-32", "2027-02-01", ""), "2027-01-32"),
            (
                period("2027-01-01", "2027-01-03", "eve = \"2027-01-09\""),
                "eve",
            ),
            (period("2027-01-01", "2027-01-03", "days = 3"), "days"),
            (
                period("2027-01-01", "2027-01-03", "").repeat(2),
                "must come after",
            ),
        ] {
            let problem = year(&periods).unwrap_err();
            assert!(problem.contains(said), "{problem}");
        }
    }
}
