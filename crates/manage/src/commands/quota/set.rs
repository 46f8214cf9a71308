//! `manage quota set`.

use clap::Args;
use domain::quota::QuotaKey;
use domain::session::SessionCode;
use domain::use_cases::open_quotas::{BelowTaken, CapacityError, set_capacity};
use domain::venue::VenueCode;
use domain::visit_date::VisitDate;

use crate::failure::Failure;
use crate::house::House;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The day, as YYYY-MM-DD
    #[arg(long, value_parser = VisitDate::parse)]
    date: VisitDate,
    /// The session
    #[arg(long, value_parser = SessionCode::parse)]
    session: SessionCode,
    /// The venue
    #[arg(long, value_parser = VenueCode::parse)]
    venue: VenueCode,
    /// How many places are to be sold in all, those already taken included
    #[arg(long)]
    capacity: u32,
    /// Allow fewer than are taken: nothing is cancelled, and refunds are not sold again until the
    /// places fit
    #[arg(long)]
    below_taken: bool,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        let key = QuotaKey {
            date: self.date,
            session: self.session,
            venue: self.venue,
        };
        let below_taken = if self.below_taken {
            BelowTaken::Accept
        } else {
            BelowTaken::Refuse
        };
        let (before, after) =
            set_capacity(&house.unit_of_work(), &key, self.capacity, below_taken).map_err(told)?;
        output::line(&format!(
            "{} {} {}: capacity {} -> {}, {} taken, {} left",
            key.date,
            key.session,
            key.venue,
            before.capacity(),
            after.capacity(),
            after.taken(),
            after.remaining()
        ));
        Ok(())
    }
}

fn told(error: CapacityError) -> Failure {
    match error {
        CapacityError::Store(error) => error.into(),
        CapacityError::NotFound => {
            Failure::failed("no such quota; `manage quota show` prints those of a day")
        }
        error @ CapacityError::BelowTaken { .. } => Failure::failed(format!(
            "{error}; repeat with --below-taken if that is meant"
        )),
    }
}
