//! `manage invoice`: what tourists ask for and staff issue in the tax system (V18).

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::id::{MailId, OrderNumber};
use domain::invoice::{Invoice, InvoiceNumber, InvoiceState, RejectionReason};
use domain::mail::Attachment;
use domain::money::Fen;
use domain::order::Order;
use domain::ports::{InvoiceQueries, ListedInvoice};
use domain::use_cases::invoices::{
    InvoiceError, IssuedInvoice, issue_invoice, open_details, reject_invoice, reverse_invoice,
};

use crate::dates::local;
use crate::failure::Failure;
use crate::house::House;
use crate::operator;
use crate::output;
use crate::table::aligned;

/// The most invoices that are listed; those that wait longest come first.
const MOST: u32 = 500;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print invoices, the longest waiting first; without --state those that wait for staff
    List {
        /// requested, issued, reversal_needed, reversed, rejected, or all
        #[arg(long)]
        state: Option<String>,
    },
    /// Print an invoice with its title, tax number and e-mail address in the clear
    ///
    /// Who looked at which is written to the log, on standard error.
    Show {
        /// The order's number
        #[arg(value_parser = OrderNumber::parse)]
        order: OrderNumber,
    },
    /// Record that an invoice was issued, and queue the mail that brings it
    ///
    /// Refused unless --fen is what is kept of the order's money: a refund may have come in
    /// between. Repeating the command changes nothing more.
    Issue(IssueArguments),
    /// Record that an invoice is not issued
    Reject {
        /// The order's number
        #[arg(value_parser = OrderNumber::parse)]
        order: OrderNumber,
        /// What the tourist is told
        #[arg(long, value_parser = RejectionReason::parse)]
        reason: RejectionReason,
    },
    /// Record that an invoice was reversed in the tax system, after a refund
    Reverse {
        /// The order's number
        #[arg(value_parser = OrderNumber::parse)]
        order: OrderNumber,
    },
}

#[derive(Debug, Args)]
pub(crate) struct IssueArguments {
    /// The order's number
    #[arg(value_parser = OrderNumber::parse)]
    order: OrderNumber,
    /// The invoice's number in the tax system
    #[arg(long, value_parser = InvoiceNumber::parse)]
    number: InvoiceNumber,
    /// What it was issued over, in fen
    #[arg(long)]
    fen: i64,
    /// The PDF from the tax system
    #[arg(long)]
    file: PathBuf,
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List { state } => list(state.as_deref()),
            Self::Show { order } => show(&order),
            Self::Issue(arguments) => arguments.run(),
            Self::Reject { order, reason } => step(&order, |house, order| {
                let now = house.clock.now();
                reject_invoice(&house.unit_of_work(), order.id, &reason, now)
            }),
            Self::Reverse { order } => step(&order, |house, order| {
                reverse_invoice(&house.unit_of_work(), order.id, house.clock.now())
            }),
        }
    }
}

fn list(state: Option<&str>) -> Result<(), Failure> {
    let states = match state {
        None => vec![
            Some(InvoiceState::Requested),
            Some(InvoiceState::ReversalNeeded),
        ],
        Some("all") => vec![None],
        Some(code) => {
            let state = InvoiceState::parse(code);
            vec![Some(
                state.map_err(|error| Failure::usage(error.to_string()))?,
            )]
        }
    };
    let house = House::open()?;
    let mut invoices = Vec::new();
    for state in states {
        invoices.extend(house.queries().invoices(state, MOST)?);
    }
    output::raw(&as_table(&invoices));
    Ok(())
}

fn as_table(invoices: &[ListedInvoice]) -> String {
    if invoices.is_empty() {
        return "There is no such invoice.\n".to_owned();
    }
    let headings = ["order", "state", "amount", "requested", "number"].map(str::to_owned);
    let rows = invoices.iter().map(
        |ListedInvoice {
             order_number,
             invoice,
         }| {
            let number = invoice.number.as_ref();
            [
                order_number.to_string(),
                invoice.state.code().to_owned(),
                invoice.amount.to_string(),
                local(invoice.requested_at),
                number.map_or_else(String::new, |number| number.as_str().to_owned()),
            ]
        },
    );
    aligned(&std::iter::once(headings).chain(rows).collect::<Vec<_>>())
}

fn show(number: &OrderNumber) -> Result<(), Failure> {
    let house = House::open()?;
    let invoice = latest(&house, &find(&house, number)?)?;
    let cipher = assembly::text_cipher(&house.settings.secrets)?;
    output::line(&format!("order       {number}"));
    output::line(&format!("state       {}", invoice.state.code()));
    let amount = invoice.amount;
    output::line(&format!("amount      {amount} ({} fen)", amount.amount()));
    output::line(&format!("requested   {}", local(invoice.requested_at)));
    if let Some(rejection) = &invoice.rejection {
        output::line(&format!("rejected    {}", rejection.message().zh()));
    }
    if let Some(issued) = &invoice.number {
        output::line(&format!("number      {}", issued.as_str()));
    }
    match open_details(&*cipher, &invoice) {
        Ok(details) => {
            operator::log_look_up(&house, "invoice", number)?;
            output::line(&format!("title       {}", details.title()));
            let tax_number = details.tax_number().unwrap_or("–");
            output::line(&format!("tax number  {tax_number}"));
            output::line(&format!("e-mail      {}", details.email().as_str()));
            Ok(())
        }
        Err(InvoiceError::Erased) => {
            output::line("Title, tax number and e-mail address are erased.");
            Ok(())
        }
        Err(error) => Err(told(error)),
    }
}

impl IssueArguments {
    fn run(self) -> Result<(), Failure> {
        let amount = Fen::new(self.fen).map_err(|error| Failure::usage(error.to_string()))?;
        let bytes = std::fs::read(&self.file)
            .map_err(|error| Failure::failed(format!("{}: {error}", self.file.display())))?;
        let name = format!("invoice-{}.pdf", self.number.as_str());
        let file = Attachment::pdf(&name, bytes)
            .map_err(|error| Failure::failed(format!("{}: {error}", self.file.display())))?;
        let house = House::open()?;
        let order = find(&house, &self.order)?;
        let issued = IssuedInvoice {
            invoice: latest(&house, &order)?,
            amount,
            number: self.number,
            file,
            mail: MailId::next(&*house.ids),
        };
        let cipher = assembly::text_cipher(&house.settings.secrets)?;
        let (unit_of_work, now) = (house.unit_of_work(), house.clock.now());
        let invoice = issue_invoice(&unit_of_work, &*cipher, &self.order, &issued, now);
        tell(&order, &invoice.map_err(told)?);
        if house.settings.mail.is_none() {
            output::warning("no mail server is set ([mail]): the mail waits");
        }
        Ok(())
    }
}

/// Takes a step with the live invoice of an order, and tells what it came to.
fn step(
    number: &OrderNumber,
    take: impl Fn(&House, &Order) -> Result<Invoice, InvoiceError>,
) -> Result<(), Failure> {
    let house = House::open()?;
    let order = find(&house, number)?;
    tell(&order, &take(&house, &order).map_err(told)?);
    Ok(())
}

fn tell(order: &Order, invoice: &Invoice) {
    let (number, amount) = (&order.number, invoice.amount);
    let state = invoice.state.code();
    output::line(&format!(
        "the invoice of order {number} over {amount} is {state}"
    ));
}

fn find(house: &House, number: &OrderNumber) -> Result<Order, Failure> {
    let unit_of_work: &dyn domain::ports::UnitOfWork = &house.unit_of_work();
    let found = unit_of_work.run(|stores| stores.orders().find_number(number))?;
    found.ok_or_else(|| Failure::failed("no such order"))
}

fn latest(house: &House, order: &Order) -> Result<Invoice, Failure> {
    let invoice = house.queries().invoice_of(order.id)?;
    invoice.ok_or_else(|| Failure::failed("nobody has asked for an invoice of this order"))
}

fn told(error: InvoiceError) -> Failure {
    match error {
        InvoiceError::Store(error) => error.into(),
        error => Failure::failed(error.to_string()),
    }
}
