//! `manage verify`: the sweep, and the comparison with the sandbox's books.

mod sandbox;

use clap::Args;
use domain::ports::{Finding, Sweep};
use domain::visit_date::VisitDate;

use crate::dates::progress;
use crate::failure::Failure;
use crate::house::House;
use crate::output;

pub use sandbox::{SandboxError, compare_with_sandbox};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only this visit date; without it all that there are, and what belongs to none
    #[arg(long, value_parser = VisitDate::parse)]
    date: Option<VisitDate>,
    /// Also compare payments and refunds with the ledger of the sandbox at this address
    ///
    /// What is still under way at the sandbox is found too: let the jobs finish first.
    #[arg(long, value_name = "URL")]
    sandbox: Option<String>,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        let queries = house.queries();
        let dates = match self.date {
            Some(date) => vec![date],
            None => queries.dates()?,
        };
        let mut found = sweep(&queries, &dates)?;
        if self.date.is_none() {
            let findings = queries.check_undated(house.clock.now())?;
            print(None, &findings);
            found = found.saturating_add(findings.len());
        }
        output::line(&format!("{} visit dates were read.", dates.len()));
        if let Some(url) = &self.sandbox {
            let differences = compare_with_sandbox(&queries, url)
                .map_err(|error| Failure::failed(error.to_string()))?;
            print(None, &differences);
            output::line("The sandbox's ledger was compared.");
            found = found.saturating_add(differences.len());
        }
        if found > 0 {
            return Err(Failure::failed(format!("{found} findings")));
        }
        output::line("No findings.");
        Ok(())
    }
}

fn sweep(sweep: &dyn Sweep, dates: &[VisitDate]) -> Result<usize, Failure> {
    let mut found = 0_usize;
    for (done, date) in dates.iter().enumerate() {
        let findings = sweep.check_date(*date)?;
        print(Some(*date), &findings);
        found = found.saturating_add(findings.len());
        if let Some(text) = progress(done, *date) {
            output::progress(&text);
        }
    }
    Ok(found)
}

fn print(date: Option<VisitDate>, findings: &[Finding]) {
    let date = date.map(|date| format!("{date}  ")).unwrap_or_default();
    for Finding { rule, text } in findings {
        output::line(&format!("{date}rule {rule}  {text}"));
    }
}
