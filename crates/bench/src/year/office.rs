//! What every order of the year is made with.

use domain::phone::Phone;
use domain::rules::Rules;
use domain::sealed::IdentityCipher;
use domain::session::{SessionCode, first_sessions};
use domain::ticket_type::{PriceList, default_prices};
use domain::use_cases::open_quotas::{TemplateLine, default_template};
use domain::venue::{VenueCode, VenueKind, first_venues};

use super::orders::Missing as _;
use crate::failure::{Context as _, Failure};

/// The catalogue of the rule book, and the cipher.
pub(super) struct Office<'c> {
    /// The rule book's numbers.
    pub(super) rules: Rules,
    /// The prices.
    pub(super) prices: PriceList,
    /// The sessions.
    pub(super) sessions: Vec<SessionCode>,
    /// The venue that every ticket admits to.
    pub(super) palace: VenueCode,
    /// The venues of add-ons.
    pub(super) galleries: Vec<VenueCode>,
    /// The capacities of a day.
    pub(super) template: Vec<TemplateLine>,
    /// Everybody's phone number.
    pub(super) phone: Phone,
    /// The cipher of the services that will read what it seals.
    pub(super) cipher: &'c dyn IdentityCipher,
}

impl<'c> Office<'c> {
    /// An office that seals with `cipher`.
    pub(super) fn new(cipher: &'c dyn IdentityCipher) -> Result<Self, Failure> {
        let (sessions, venues) = (first_sessions(), first_venues());
        let of_kind = |kind| {
            let venues = venues.iter().filter(move |venue| venue.kind() == kind);
            venues.map(|venue| venue.code().clone())
        };
        Ok(Self {
            rules: Rules::default(),
            prices: default_prices(),
            template: default_template(&sessions, &venues),
            sessions: sessions
                .iter()
                .map(|session| session.code().clone())
                .collect(),
            palace: of_kind(VenueKind::Admission)
                .next()
                .context_of("the palace")?,
            galleries: of_kind(VenueKind::AddOn).collect(),
            phone: Phone::parse("13800138000").context("a phone number")?,
            cipher,
        })
    }
}
