//! `manage check-in`: what a gate does, by hand.

use std::io::stdin;

use clap::Args;
use domain::check_in::Verdict;
use domain::id::{OrderNumber, RequestKey};
use domain::identity::DocumentType;
use domain::use_cases::check_in::{
    CheckInError, CheckInRequest, CheckedTicket, Shown, check_in, documents_shown,
};
use domain::venue::VenueCode;

use crate::failure::Failure;
use crate::house::House;
use crate::operator;
use crate::output;
use crate::table::aligned;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The venue to admit to, such as palace
    #[arg(long, value_parser = VenueCode::parse)]
    venue: VenueCode,
    #[command(flatten)]
    shown: What,
    /// The type of the document, if its number fits several
    #[arg(long, requires = "document", value_parser = DocumentType::parse)]
    document_type: Option<DocumentType>,
    /// The nationality of a passport: ISO 3166, three letters
    #[arg(long, requires = "document")]
    nationality: Option<String>,
    /// The certificates of those who need one have been seen
    #[arg(long)]
    certificate_checked: bool,
    /// Who admits, otherwise the user of this system: `manage:` and this name is kept with the
    /// ticket
    #[arg(long)]
    user: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// All tickets of the order of this number
    #[arg(long, value_parser = OrderNumber::parse)]
    order_number: Option<OrderNumber>,
    /// The ticket of the document whose number stands on standard input, so that it is in no
    /// list of processes and in no history
    #[arg(long)]
    document: bool,
    /// The ticket whose QR says this
    #[arg(long, value_name = "TEXT")]
    code: Option<String>,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        let request = self.request(&house)?;
        let rules = &house.settings.rules;
        let answer = check_in(&house.unit_of_work(), rules, &request).map_err(told)?;
        let rows: Vec<[String; 3]> = answer.iter().map(row).collect();
        output::raw(&aligned(&rows));
        let admitted = answer
            .iter()
            .filter(|checked| checked.verdict == Verdict::Admitted);
        if admitted.count() == 0 {
            return Err(Failure::failed("nobody was admitted"));
        }
        Ok(())
    }

    fn request(&self, house: &House) -> Result<CheckInRequest, Failure> {
        let id = house.ids.next();
        let digests = assembly::request_digests(&house.settings.secrets);
        Ok(CheckInRequest {
            shown: self.shown(house)?,
            gate: gate_name(self.user.clone()),
            venue: self.venue.clone(),
            certificate_checked: self.certificate_checked,
            // Another one each time: repeated, the command tells that the ticket was used, and
            // that it was used here.
            request_key: RequestKey::of_id(id),
            body_digest: digests.body_digest(id.as_bytes()),
            received_at: house.clock.now(),
        })
    }

    fn shown(&self, house: &House) -> Result<Shown, Failure> {
        let (secrets, now) = (&house.settings.secrets, house.clock.now());
        if let Some(number) = &self.shown.order_number {
            return Ok(Shown::Order(number.clone()));
        }
        if let Some(code) = &self.shown.code {
            let verified = assembly::ticket_code_verifier(secrets)?.verify(code, now);
            let code = verified.map_err(|error| Failure::failed(error.to_string()))?;
            return Ok(Shown::Ticket(code.ticket));
        }
        let cipher = assembly::identity_cipher(secrets)?;
        let (kind, nationality) = (self.document_type, self.nationality.as_deref());
        documents_shown(&*cipher, kind, &read_number()?, nationality, now)
            .map_err(|error| Failure::failed(error.to_string()))
    }
}

fn read_number() -> Result<String, Failure> {
    let mut number = String::new();
    let read = stdin().read_line(&mut number);
    read.map_err(|_| Failure::failed("the document's number cannot be read"))?;
    Ok(number)
}

/// What is kept with the ticket. Gates have no colon in their names, so it is none of theirs.
fn gate_name(user: Option<String>) -> String {
    let user = user.unwrap_or_else(operator::user);
    let visible: String = user.chars().filter(|c| !c.is_control()).take(64).collect();
    format!("manage:{visible}")
}

fn row(checked: &CheckedTicket) -> [String; 3] {
    let ticket = checked.ticket.as_ref();
    [
        ticket.map_or_else(|| "-".to_owned(), |ticket| ticket.id.to_string()),
        checked.verdict.code().to_owned(),
        format!("{} · {}", checked.message.zh(), checked.message.en()),
    ]
}

fn told(error: CheckInError) -> Failure {
    match error {
        CheckInError::Store(error) => error.into(),
        CheckInError::Ambiguous => {
            Failure::failed("several documents with that number have tickets: tell --document-type")
        }
        CheckInError::KeyReused => Failure::failed(error.to_string()),
    }
}
