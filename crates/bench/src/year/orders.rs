//! The orders of a day as they were placed, still unpaid.

use chrono::{DateTime, TimeDelta, Utc};
use domain::category::{age_on, proposed_category};
use domain::id::{AddOnId, BodyDigest, OrderId, OrderNumber, RequestKey, TicketId};
use domain::money::Fen;
use domain::order::{AddOn, Order, OrderKind, OrderState, Ticket, TicketState, payment_deadline};

use rand::RngExt as _;
use rand::rngs::StdRng;
use uuid::{Builder, Uuid};

use super::crowd::{self, Visitor};
use super::office::Office;
use super::plan::PlannedDay;
use crate::failure::{Context as _, Failure};

/// Somebody who comes, or was to come.
pub(super) struct Guest {
    /// The number that [`crowd::visitor`] makes the person of.
    pub(super) number: u64,
    /// Whether the visit may be missed; of those who come again none does, so that nobody is
    /// banned but the truants.
    pub(super) conduct: Conduct,
}

/// What is known beforehand of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conduct {
    /// Comes, like every visit of who visits twice.
    Reliable,
    /// May miss the one visit.
    Free,
    /// Misses it.
    Truant,
}

/// Those of one order.
pub(super) struct Party {
    /// The account that buys.
    pub(super) account: u64,
    /// When.
    pub(super) created_at: DateTime<Utc>,
    /// Who comes.
    pub(super) guests: Vec<Guest>,
}

/// Every how many-eth ticket is a gallery's, too, in percent.
const ADD_ONS_PERCENT: u32 = 8;

/// The order that a party placed.
pub(super) fn place(
    office: &Office<'_>,
    day: &PlannedDay,
    party: &Party,
    chance: &mut StdRng,
) -> Result<Order, Failure> {
    let mut ids = Ids::at(party.created_at, chance);
    let id = OrderId::new(ids.next());
    let tickets: Vec<Ticket> = party
        .guests
        .iter()
        .map(|guest| ticket(office, day, guest, &mut ids, chance))
        .collect::<Result<_, _>>()?;
    let prices = tickets.iter().flat_map(|ticket| {
        let add_ons = ticket.add_ons.iter().map(|add_on| add_on.price);
        std::iter::once(ticket.price).chain(add_ons)
    });
    let session = chance.random_range(0..office.sessions.len());
    let session = office.sessions.get(session);
    Ok(Order {
        id,
        number: OrderNumber::of(id, party.created_at),
        account: crowd::account(party.account),
        kind: OrderKind::Ordinary,
        pass: None,
        date: day.date,
        session: session.context_of("a session")?.clone(),
        phone: (!day.erased).then(|| office.phone.clone()),
        state: OrderState::Unpaid,
        cancelled_because: None,
        request_key: RequestKey(chance.random()),
        body_digest: BodyDigest(chance.random()),
        created_at: party.created_at,
        pay_by: payment_deadline(party.created_at, day.date, &office.rules),
        paid_at: None,
        total: Fen::total(prices).context("adding prices up")?,
        paid: Fen::ZERO,
        refunded: Fen::ZERO,
        tickets,
    })
}

fn ticket(
    office: &Office<'_>,
    day: &PlannedDay,
    guest: &Guest,
    ids: &mut Ids,
    chance: &mut StdRng,
) -> Result<Ticket, Failure> {
    let visitor = crowd::visitor(guest.number).context("naming a visitor")?;
    let id = TicketId::new(ids.next());
    let age = age_on(visitor.birth, day.date).unwrap_or_default();
    let category = proposed_category(age, visitor.document.kind(), &office.rules);
    let price = |venue| office.prices.price(venue, category, day.date.season());
    let mut add_ons = Vec::new();
    if chance.random_ratio(ADD_ONS_PERCENT, 100) {
        let venue = chance.random_range(0..office.galleries.len());
        let venue = office.galleries.get(venue).context_of("a gallery")?;
        add_ons.push(AddOn {
            id: AddOnId::new(ids.next()),
            venue: venue.clone(),
            price: price(venue).context_of("a gallery's price")?,
            state: TicketState::Held,
            admission: None,
        });
    }
    let sealed = seal(office, day, id, &visitor)?;
    let (document_hash, identity) = sealed.unzip();
    Ok(Ticket {
        id,
        document_type: visitor.document.kind(),
        nationality: None,
        document_hash,
        identity,
        age,
        category,
        venue: office.palace.clone(),
        price: price(&office.palace).context_of("a price")?,
        state: TicketState::Held,
        admission: None,
        add_ons,
    })
}

type SealedVisitor = (domain::sealed::DocumentHash, domain::sealed::Sealed);

/// Nothing of a visitor whose day was erased (rule 10.3).
fn seal(
    office: &Office<'_>,
    day: &PlannedDay,
    ticket: TicketId,
    visitor: &Visitor,
) -> Result<Option<SealedVisitor>, Failure> {
    if day.erased {
        return Ok(None);
    }
    let hash = office.cipher.hash(&visitor.document);
    let sealed = office
        .cipher
        .seal(ticket.uuid(), &visitor.name, &visitor.document)
        .context("sealing an identity")?;
    Ok(Some((hash, sealed)))
}

/// The ids of one order and what is in it, ascending from the instant it was placed.
struct Ids {
    next: Uuid,
}

impl Ids {
    fn at(instant: DateTime<Utc>, chance: &mut StdRng) -> Self {
        let milliseconds = u64::try_from(instant.timestamp_millis()).unwrap_or(0);
        let mut random: [u8; 10] = chance.random();
        // Room to count up from.
        if let Some(last) = random.last_mut() {
            *last &= 0x7F;
        }
        Self {
            next: Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid(),
        }
    }

    fn next(&mut self) -> Uuid {
        let id = self.next;
        self.next = Uuid::from_u128(id.as_u128().wrapping_add(1));
        id
    }
}

/// When the orders of a day come, the first one first: most of them in the minutes after the sale
/// began, the others until the day before the visit is over.
pub(super) fn arrivals(
    office: &Office<'_>,
    day: &PlannedDay,
    count: usize,
    chance: &mut StdRng,
) -> Vec<DateTime<Utc>> {
    const RUSH_PERCENT: u32 = 85;
    const RUSH: i64 = 20 * 60 * 1_000_000;
    let begin = day.date.sales_open_at(&office.rules);
    let until = day.date.start() - TimeDelta::hours(2);
    let whole = (until - begin).num_microseconds().unwrap_or(RUSH);
    let mut instants: Vec<DateTime<Utc>> = (0..count)
        .map(|_| {
            let rush = chance.random_ratio(RUSH_PERCENT, 100);
            let span = if rush { RUSH } else { whole };
            begin + TimeDelta::microseconds(chance.random_range(0..span))
        })
        .collect();
    instants.sort_unstable();
    instants
}

/// For what is there unless the catalogue of the rule book lacks it.
pub(super) trait Missing<T> {
    /// The value, or a failure that names it.
    fn context_of(self, what: &str) -> Result<T, Failure>;
}

impl<T> Missing<T> for Option<T> {
    fn context_of(self, what: &str) -> Result<T, Failure> {
        self.ok_or_else(|| Failure::new(format!("the catalogue lacks {what}")))
    }
}
