//! Who a pass is for, as the operator says it.

use chrono::NaiveDate;
use clap::Args;
use domain::identity::{Document, DocumentType, mask};
use domain::person_name::PersonName;
use domain::phone::Phone;
use domain::sealed::IdentityCipher;
use domain::use_cases::grant_pass::{HolderError, holder_by_phone};
use domain::use_cases::order_request::StatedPerson;
use domain::visit_date::VisitDate;

use crate::failure::Failure;
use crate::house::House;
use crate::output;

/// The kind of a document whose number comes on standard input.
#[derive(Debug, Args)]
pub(crate) struct DocumentArguments {
    /// id_card, hk_macau_permit, permanent_resident, passport, taiwan_permit or residence_permit
    #[arg(long, default_value = "id_card", value_parser = document_type)]
    document_type: DocumentType,
    /// Of a passport: three letters of ISO 3166
    #[arg(long)]
    nationality: Option<String>,
}

/// A person by document, or by phone number.
#[derive(Debug, Args)]
pub(crate) struct HolderArguments {
    #[command(flatten)]
    document: DocumentArguments,
    /// Find the person by a phone number that WeChat has verified
    #[arg(long, conflicts_with_all = ["document_type", "nationality"])]
    phone: bool,
    /// With --phone: choose one of several saved visitors by name
    #[arg(long, requires = "phone")]
    visitor: bool,
}

fn document_type(code: &str) -> Result<DocumentType, String> {
    DocumentType::parse(code).map_err(|error| error.to_string())
}

impl DocumentArguments {
    /// The document, with its number read now.
    pub(super) fn read(&self, today: VisitDate) -> Result<Document, Failure> {
        self.parse(&asked("document number")?, today)
    }

    fn parse(&self, number: &str, today: VisitDate) -> Result<Document, Failure> {
        let nationality = self.nationality.as_deref();
        let parsed = Document::parse(self.document_type, number, nationality, today.date());
        parsed.map_err(|error| {
            let message = error.message();
            Failure::usage(format!("{} ({})", message.zh(), message.en()))
        })
    }
}

impl HolderArguments {
    /// Reads who it is. What is wrong with a name is said when the pass is granted.
    pub(super) fn read(
        &self,
        house: &House,
        cipher: &dyn IdentityCipher,
    ) -> Result<StatedPerson, Failure> {
        if self.phone {
            return self.find(house, cipher);
        }
        let name = asked("name")?;
        let today = VisitDate::containing(house.clock.now());
        let document = self.document.read(today)?;
        let birth_date = match document.birth_date() {
            Some(_) => None,
            None => Some(birth_date(&asked("birth date, as YYYY-MM-DD")?)?),
        };
        Ok(StatedPerson {
            name,
            document_type: document.kind(),
            document_number: document.number().to_owned(),
            nationality: self.document.nationality.clone(),
            birth_date,
        })
    }

    fn find(&self, house: &House, cipher: &dyn IdentityCipher) -> Result<StatedPerson, Failure> {
        let phone = Phone::parse(&asked("phone number")?);
        let phone = phone.map_err(|error| Failure::usage(error.to_string()))?;
        let name = if self.visitor {
            let name = PersonName::parse(&asked("name of the saved visitor")?);
            Some(name.map_err(|error| Failure::usage(error.to_string()))?)
        } else {
            None
        };
        let found = holder_by_phone(&house.unit_of_work(), cipher, &phone, name.as_ref());
        found.map_err(|error| match error {
            HolderError::SeveralVisitors(_) if !self.visitor => {
                Failure::failed(format!("{error}: choose one with --visitor"))
            }
            HolderError::Store(error) => error.into(),
            error => Failure::failed(format!("{error}: grant it by document")),
        })
    }
}

/// The person, masked as staff see people (rule 10.2).
pub(super) fn described(holder: &StatedPerson) -> String {
    let initial = holder.name.chars().next().unwrap_or('?');
    let number = mask(&holder.document_number);
    format!("{initial}* · {} {number}", holder.document_type.code())
}

fn birth_date(text: &str) -> Result<NaiveDate, Failure> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    date.map_err(|_| Failure::usage("a birth date is written YYYY-MM-DD"))
}

fn asked(what: &str) -> Result<String, Failure> {
    output::ask(what).ok_or_else(|| Failure::usage(format!("no {what} on standard input")))
}
