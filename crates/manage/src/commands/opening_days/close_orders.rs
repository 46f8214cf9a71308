//! `manage opening-days close-orders`.

use clap::Args;
use domain::id::{OrderId, RefundId};
use domain::ports::StoreError;
use domain::use_cases::close_order::{
    CloseError, CloseRequest, Closed, close_order, is_closed, orders_to_close,
};
use domain::visit_date::VisitDate;

use crate::failure::Failure;
use crate::house::House;
use crate::output;

/// How many orders are looked for at a time; after each lot something is said.
const BATCH: u32 = 200;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The day, as YYYY-MM-DD
    #[arg(value_parser = VisitDate::parse)]
    date: VisitDate,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// What became of the orders.
#[derive(Default)]
struct Counts {
    released: usize,
    refunded: usize,
    left: usize,
    faulty: usize,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let (house, date) = (House::open()?, self.date);
        let unit_of_work = house.unit_of_work();
        if !is_closed(&unit_of_work, date)? {
            let text = "the day is not closed: `manage opening-days set --state closed` first";
            return Err(Failure::failed(text));
        }
        if !self.yes && !output::confirm(&format!("Close all orders of {date}?")) {
            return Err(Failure::failed("not confirmed: nothing was closed"));
        }
        let (mut counts, mut after) = (Counts::default(), None);
        loop {
            let orders = orders_to_close(&unit_of_work, date, after, BATCH)?;
            for order in &orders {
                counts.close(&house, *order)?;
            }
            after = orders.last().copied();
            if after.is_none() {
                break;
            }
            output::progress(&counts.told());
        }
        output::line(&format!("{date}: {}.", counts.told()));
        if counts.faulty > 0 {
            let text = "some orders contradict themselves: `manage verify` tells more";
            return Err(Failure::failed(text));
        }
        Ok(())
    }
}

impl Counts {
    fn close(&mut self, house: &House, order: OrderId) -> Result<(), Failure> {
        let request = CloseRequest {
            order,
            refund: RefundId::next(&*house.ids),
            now: house.clock.now(),
        };
        let count = match close_order(&house.unit_of_work(), &house.settings.rules, request) {
            Ok(Closed::Unpaid) => &mut self.released,
            Ok(Closed::Refunded(_)) => &mut self.refunded,
            // Used before the day was closed, or ended in this very moment.
            Ok(Closed::Already) | Err(CloseError::NothingUnused | CloseError::Over(_)) => {
                &mut self.left
            }
            // One order whose rows contradict each other keeps no other from its money.
            Err(CloseError::Store(StoreError::Fault(fault))) => {
                output::progress(&format!("order {order} was left as it is: {fault}"));
                &mut self.faulty
            }
            Err(CloseError::Store(error)) => return Err(error.into()),
            Err(CloseError::NotFound) => return Err(Failure::failed("an order has vanished")),
        };
        *count = count.saturating_add(1);
        Ok(())
    }

    fn told(&self) -> String {
        format!(
            "{} paid orders are refunded, {} unpaid ones released, {} have nothing unused, {} are faulty",
            self.refunded, self.released, self.left, self.faulty
        )
    }
}
