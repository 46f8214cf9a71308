//! `manage order`: one order, looked at or closed.

use clap::Subcommand;
use domain::id::{OrderNumber, RefundId};
use domain::identity::mask;
use domain::order::{Order, OrderState, Ticket};
use domain::ports::{StoreError, Stores, UnitOfWork};
use domain::sealed::IdentityCipher;
use domain::use_cases::close_order::{CloseError, CloseRequest, Closed, close_order};

use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print an order and its tickets, names and documents masked
    Show {
        /// The order's number, as the tourist sees it
        #[arg(value_parser = OrderNumber::parse)]
        number: OrderNumber,
    },
    /// Close an order in the name of the museum
    ///
    /// An unpaid one gives its places back. Of a paid one everything unused goes back in full,
    /// whatever the day, and is no no-show; the jobs bring the refund to the provider. Closed
    /// again, it stays as it is.
    Close {
        /// The order's number, as the tourist sees it
        #[arg(value_parser = OrderNumber::parse)]
        number: OrderNumber,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        match self {
            Self::Show { number } => show(&house, &find(&house.unit_of_work(), &number)?),
            Self::Close { number, yes } => {
                close(&house, &find(&house.unit_of_work(), &number)?, yes)
            }
        }
    }
}

fn find(unit_of_work: &dyn UnitOfWork, number: &OrderNumber) -> Result<Order, Failure> {
    let find = |stores: &mut dyn Stores| stores.orders().find_number(number);
    let found: Result<_, StoreError> = unit_of_work.run(find);
    found?.ok_or_else(|| Failure::failed("no such order"))
}

fn show(house: &House, order: &Order) -> Result<(), Failure> {
    let cipher = assembly::identity_cipher(&house.settings.secrets)?;
    output::line(&format!(
        "{} {} {} {}: total {}, paid {}, given back {}",
        order.number,
        order.date,
        order.session,
        order.state.code(),
        order.total,
        order.paid,
        order.refunded
    ));
    let headings = [
        "ticket", "visitor", "document", "category", "state", "add-ons",
    ];
    let rows = order.tickets.iter().map(|ticket| row(ticket, &*cipher));
    let headings = headings.map(str::to_owned);
    output::raw(&aligned(
        &std::iter::once(headings).chain(rows).collect::<Vec<_>>(),
    ));
    Ok(())
}

fn row(ticket: &Ticket, cipher: &dyn IdentityCipher) -> [String; 6] {
    let sealed = ticket.identity.as_ref();
    let identity = sealed.and_then(|sealed| cipher.open(ticket.id.uuid(), sealed).ok());
    let (name, number) = identity.map_or_else(
        || ("-".to_owned(), "-".to_owned()),
        |identity| (first_character(&identity.name), mask(&identity.number)),
    );
    let add_ons = ticket.add_ons.iter();
    let add_ons = add_ons.map(|add_on| format!("{} {}", add_on.venue, add_on.state.code()));
    [
        ticket.id.to_string(),
        name,
        number,
        ticket.category.code().to_owned(),
        ticket.state.code().to_owned(),
        add_ons.collect::<Vec<_>>().join(", "),
    ]
}

/// Rule 10.2: elsewhere than at its own account a name is its first character.
fn first_character(name: &str) -> String {
    name.chars().take(1).chain("**".chars()).collect()
}

fn close(house: &House, order: &Order, yes: bool) -> Result<(), Failure> {
    let (number, state) = (&order.number, order.state.code());
    output::line(&format!(
        "{number} of {}: {state}, paid {}",
        order.date, order.paid
    ));
    let open = order.state != OrderState::Closed;
    if open && !yes && !output::confirm("Close it?") {
        return Err(Failure::failed("not confirmed: nothing was closed"));
    }
    let request = CloseRequest {
        order: order.id,
        refund: RefundId::next(&*house.ids),
        now: house.clock.now(),
    };
    match close_order(&house.unit_of_work(), &house.settings.rules, request) {
        Ok(closed) => output::line(&told(&closed)),
        Err(CloseError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(Failure::failed(error.to_string())),
    }
    Ok(())
}

fn told(closed: &Closed) -> String {
    match closed {
        Closed::Unpaid => "closed: it was unpaid, and its places are free".to_owned(),
        Closed::Already => "it was closed before".to_owned(),
        Closed::Refunded(refund) => format!(
            "closed: {} places go back, {}, as refund {}",
            refund.items.len(),
            refund.amount,
            refund.id
        ),
    }
}
