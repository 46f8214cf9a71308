//! `manage refund`: a refund in the name of the museum.

use std::collections::BTreeSet;

use clap::Args;
use domain::id::{OrderNumber, RefundId, RequestKey, TicketId};
use domain::order::Order;
use domain::ports::{StoreError, UnitOfWork};
use domain::refund::{RefundRefusal, Selection};
use domain::use_cases::refund_tickets::{
    NoShowConsent, RefundError, RefundPreview, RefundRequest, Refunded, preview_refund,
    refund_tickets,
};

use crate::failure::Failure;
use crate::house::House;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The order's number, as the tourist sees it
    #[arg(long, value_parser = OrderNumber::parse)]
    order_number: OrderNumber,
    /// A ticket to refund, with its add-ons; may be given several times
    #[arg(long = "ticket", value_name = "ID", value_parser = TicketId::parse)]
    tickets: Vec<TicketId>,
    /// Refund everything that is still valid
    #[arg(long, required_unless_present = "tickets", conflicts_with = "tickets")]
    all: bool,
    /// The key of an earlier call whose outcome is not known
    #[arg(long, value_parser = RefundId::parse)]
    key: Option<RefundId>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        let unit_of_work = house.unit_of_work();
        let order = find(&unit_of_work, &self.order_number)?;
        let request = self.request(&house, &order);
        // Repeated, the command finds the refund that was recorded, so there is nothing to ask.
        if self.key.is_none() {
            let preview = self.preview(&house, &unit_of_work, &request)?;
            output::line(&preview);
            if !self.yes && !output::confirm("Refund this?") {
                return Err(Failure::failed("not confirmed: nothing was refunded"));
            }
        }
        let key = self.key.unwrap_or(request.refund);
        output::line(&format!(
            "key {key} (repeat with --key if no answer follows)"
        ));
        match refund_tickets(&unit_of_work, &house.settings.rules, &request) {
            Ok(Refunded::Created(refund)) => output::line(&format!(
                "refund {} of {} is recorded: {}",
                refund.id,
                refund.amount,
                refund.state.code()
            )),
            Ok(Refunded::Existing(refund)) => output::line(&format!(
                "refund {} of {} was recorded before: {}",
                refund.id,
                refund.amount,
                refund.state.code()
            )),
            Err(error) => return Err(told(error)),
        }
        Ok(())
    }

    fn selection(&self) -> Selection {
        if self.all {
            Selection::All
        } else {
            Selection::Of {
                tickets: self.tickets.iter().copied().collect(),
                add_ons: BTreeSet::new(),
            }
        }
    }

    fn request(&self, house: &House, order: &Order) -> RefundRequest {
        let refund = RefundId::next(&*house.ids);
        let key = self.key.unwrap_or(refund);
        let digests = assembly::request_digests(&house.settings.secrets);
        RefundRequest {
            refund,
            order: order.id,
            account: None,
            // Rule 7.1: in the name of the museum there is none.
            no_show: NoShowConsent::Withheld,
            request_key: RequestKey::of_id(key.uuid()),
            body_digest: digests.body_digest(self.canonical_body(order).as_bytes()),
            selection: self.selection(),
            received_at: house.clock.now(),
        }
    }

    /// The same words for the same refund, however the arguments were ordered.
    fn canonical_body(&self, order: &Order) -> String {
        let tickets: BTreeSet<TicketId> = self.tickets.iter().copied().collect();
        let tickets: Vec<String> = tickets.iter().map(TicketId::to_string).collect();
        format!("manage refund {} {}", order.id, tickets.join(" "))
    }

    fn preview(
        &self,
        house: &House,
        unit_of_work: &dyn UnitOfWork,
        request: &RefundRequest,
    ) -> Result<String, Failure> {
        let rules = &house.settings.rules;
        let selection = &request.selection;
        let now = request.received_at;
        let preview = preview_refund(unit_of_work, rules, None, request.order, selection, now);
        let RefundPreview { plan, .. } = preview.map_err(told)?;
        let plan = plan.map_err(|refusal| Failure::failed(refused(&refusal)))?;
        Ok(format!(
            "{}: {} places go back, {}; not counted as a no-show (rule 7.1)",
            self.order_number,
            plan.items.len(),
            plan.amount
        ))
    }
}

fn find(unit_of_work: &dyn UnitOfWork, number: &OrderNumber) -> Result<Order, Failure> {
    let found = unit_of_work.run(|stores| stores.orders().find_number(number))?;
    found.ok_or_else(|| Failure::failed("no such order"))
}

fn told(error: RefundError) -> Failure {
    match error {
        RefundError::Store(StoreError::Unknown) => Failure::failed(
            "it is not known whether the refund was recorded: repeat with the same --key",
        ),
        RefundError::Store(error) => error.into(),
        RefundError::Refused(refusal) => Failure::failed(refused(&refusal)),
        error @ (RefundError::NotFound | RefundError::KeyReused) => {
            Failure::failed(error.to_string())
        }
    }
}

/// Every rule in the way, a line each.
fn refused(refusal: &RefundRefusal) -> String {
    let mut text = "the refund is refused".to_owned();
    for objection in &refusal.objections {
        let ticket = objection.ticket.map(|id| format!("ticket {id}: "));
        let message = objection.reason.message();
        text.push_str(&format!(
            "\n  {}{} ({})",
            ticket.unwrap_or_default(),
            message.zh(),
            message.en()
        ));
    }
    text
}
