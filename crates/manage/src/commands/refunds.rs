//! `manage refunds`: what the provider would not carry out (rule 6.7).

use clap::Subcommand;
use domain::ports::{ReconcileQueries, RefundSubmission};
use domain::use_cases::submit_refunds::retry_refund;

use crate::dates::local;
use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the refunds that failed, the oldest first
    ListFailed,
    /// Have a failed refund sent again, once its cause is mended
    ///
    /// It keeps its number, so that the provider never pays it twice. The jobs send it.
    Retry {
        /// Its number at the provider, as `manage refunds list-failed` prints it
        #[arg(value_name = "OUT_REFUND_NO")]
        number: String,
    },
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        match self {
            Self::ListFailed => {
                output::raw(&list(&house.queries().failed_submissions()?));
                Ok(())
            }
            Self::Retry { number } => retry(&house, &number),
        }
    }
}

fn list(failed: &[RefundSubmission]) -> String {
    if failed.is_empty() {
        return "No refund has failed.\n".to_owned();
    }
    let headings = ["number", "order", "amount", "sent", "formed"].map(str::to_owned);
    let rows = failed.iter().map(|submission| {
        [
            submission.number.clone(),
            submission.order_number.to_string(),
            submission.amount.to_string(),
            format!("{} times", submission.attempts),
            local(submission.created_at),
        ]
    });
    aligned(&std::iter::once(headings).chain(rows).collect::<Vec<_>>())
}

fn retry(house: &House, number: &str) -> Result<(), Failure> {
    let unit_of_work = house.unit_of_work();
    if retry_refund(&unit_of_work, number, house.clock.now())? {
        output::line(&format!("refund {number} will be sent again"));
        Ok(())
    } else {
        Err(Failure::failed("no failed refund has that number"))
    }
}
