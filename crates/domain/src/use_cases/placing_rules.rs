//! Whether one request may become an order, decided against a [`Picture`] (section 4).

use std::collections::BTreeSet;

use crate::category::{Category, CategoryError, check_category};
use crate::companions::{accompanied, is_child_in_need};
use crate::id::OrderNumber;
use crate::identity::DocumentType;
use crate::money::Fen;
use crate::order::{
    AddOn, Order, OrderKind, OrderState, Places, Ticket, TicketState, payment_deadline,
};
use crate::ports::{LapsedOrder, StoreError};
use crate::refusal::{Objection, Reason, Refusal};
use crate::rules::Rules;
use crate::sealed::DocumentHash;
use crate::venue::VenueCode;
use crate::visit_date::SalesState;

use super::order_request::{Applicant, OrderRequest};
use super::picture::{Picture, counts_as_companion};

/// What is to become of a request.
pub(super) enum Verdict {
    /// It becomes this order.
    Accept(Box<Order>),
    /// It was placed before, with the same key and body (rule 4.8).
    Existing(Box<Order>),
    /// Its key was used with another body (rule 4.8).
    KeyReused,
    /// Rules stand in its way.
    Refuse(Refusal),
    /// Only unpaid orders past their `pay_by` stand in its way: they are to be expired first.
    Lapsed(BTreeSet<LapsedOrder>),
}

/// Why the rules are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A tourist places an order.
    New,
    /// A late payment would revive an expired one: bans and the unpaid limit aside (rule 5.3).
    Revival,
}

/// The objections found so far, and the lapsed orders that are in the way.
#[derive(Default)]
struct Obstacles {
    objections: Vec<Objection>,
    lapsed: BTreeSet<LapsedOrder>,
}

impl Obstacles {
    fn object(&mut self, visitor: Option<usize>, reason: Reason) {
        self.objections.push(Objection { visitor, reason });
    }
}

/// Decides one request (rules 4.1–4.9).
pub(super) fn decide(
    picture: &Picture,
    request: &OrderRequest,
    purpose: Purpose,
    rules: &Rules,
) -> Result<Verdict, StoreError> {
    if purpose == Purpose::New
        && let Some(order) = picture.placed_with(&request.request_key)
    {
        return Ok(if order.body_digest == request.body_digest {
            Verdict::Existing(Box::new(order.clone()))
        } else {
            Verdict::KeyReused
        });
    }
    if let Some(reason) = closed(picture, request, rules) {
        return Ok(Verdict::Refuse(Refusal::whole(reason)));
    }
    let mut obstacles = Obstacles::default();
    // A visit on an annual pass is never unpaid, so an unpaid order does not stand in its way.
    if purpose == Purpose::New && request.kind() == OrderKind::Ordinary {
        check_unpaid(picture, request, &mut obstacles);
    }
    check_pass(picture, request, &mut obstacles)?;
    check_admissions(picture, request, rules, &mut obstacles);
    check_places(picture, request, &mut obstacles);
    for (place, applicant) in request.applicants.iter().enumerate() {
        check_applicant(
            picture,
            request,
            place,
            applicant,
            purpose,
            rules,
            &mut obstacles,
        );
    }
    check_companions(picture, request, rules, &mut obstacles);
    if !obstacles.objections.is_empty() {
        return Ok(Verdict::Refuse(Refusal {
            objections: obstacles.objections,
        }));
    }
    if !obstacles.lapsed.is_empty() {
        return Ok(Verdict::Lapsed(obstacles.lapsed));
    }
    Ok(Verdict::Accept(Box::new(build(picture, request, rules)?)))
}

/// Rules 1.1 and 4.1: the day and the session are open, and sales for it are.
fn closed(picture: &Picture, request: &OrderRequest, rules: &Rules) -> Option<Reason> {
    let open = picture.day(request.date).is_some_and(|day| day.is_open());
    let admission = picture
        .quotas
        .get(request.date, &request.session, &picture.admission_venue);
    if !open || admission.is_none() {
        return Some(Reason::DayClosed);
    }
    match request.date.sales_state(request.received_at, rules) {
        SalesState::Open => None,
        SalesState::NotYetOpen { opens_at } => Some(Reason::SalesNotOpen { opens_at }),
        SalesState::Closed => Some(Reason::SalesClosed),
    }
}

/// Rule 4.9: one unpaid order.
fn check_unpaid(picture: &Picture, request: &OrderRequest, obstacles: &mut Obstacles) {
    for unpaid in picture.unpaid(request.account) {
        if request.received_at > unpaid.pay_by {
            obstacles.lapsed.insert(LapsedOrder {
                date: unpaid.date,
                order: unpaid.order,
            });
        } else {
            obstacles.object(None, Reason::UnpaidExists);
        }
    }
}

/// Rules 8.1 and 8.4: the pass is of the visit's year, not void, and has an entry left.
fn check_pass(
    picture: &Picture,
    request: &OrderRequest,
    obstacles: &mut Obstacles,
) -> Result<(), StoreError> {
    if request.pass.is_none() {
        return Ok(());
    }
    let pass = picture
        .pass(request)
        .ok_or_else(|| StoreError::Fault("a visit on a pass that does not exist".to_owned()))?;
    let year = pass.year;
    if year != request.date.year() {
        obstacles.object(None, Reason::PassOfAnotherYear { year });
    }
    if pass.voided_at.is_some() {
        obstacles.object(None, Reason::PassVoid);
    } else if pass.remaining() == 0 {
        let entries = pass.entries;
        obstacles.object(None, Reason::PassExhausted { entries });
    }
    Ok(())
}

/// Rule 4.9: five live admissions for one day.
fn check_admissions(
    picture: &Picture,
    request: &OrderRequest,
    rules: &Rules,
    obstacles: &mut Obstacles,
) {
    let (lapsed, live): (Vec<_>, Vec<_>) = picture
        .live(request.account, request.date)
        .iter()
        .partition(|admission| {
            admission
                .unpaid_until
                .is_some_and(|pay_by| request.received_at > pay_by)
        });
    let limit = rules.admissions_per_account_and_day;
    if live.len().saturating_add(request.applicants.len()) > limit {
        let held = live.len();
        obstacles.object(None, Reason::TooManyAdmissions { limit, held });
    }
    obstacles
        .lapsed
        .extend(lapsed.iter().map(|admission| LapsedOrder {
            date: request.date,
            order: admission.order,
        }));
}

/// Rules 4.4 and 4.6: room in every quota that the order touches.
fn check_places(picture: &Picture, request: &OrderRequest, obstacles: &mut Obstacles) {
    let wanted = wanted_places(picture, request);
    let shortages = picture
        .quotas
        .shortages(request.date, &request.session, &wanted);
    for reason in shortages {
        obstacles.object(None, reason);
    }
}

fn wanted_places(picture: &Picture, request: &OrderRequest) -> Places {
    let mut wanted = Places::new();
    for applicant in &request.applicants {
        let add_ons = applicant.add_ons.iter().map(|(_, venue)| venue);
        let add_ons = add_ons.filter(|venue| picture.is_add_on(venue));
        for venue in std::iter::once(&picture.admission_venue).chain(add_ons) {
            let count = wanted.entry(venue.clone()).or_insert(0_u32);
            *count = count.saturating_add(1);
        }
    }
    wanted
}

/// Rules 2.1, 3.2–3.5, 4.3 and 7.2, for one visitor.
fn check_applicant(
    picture: &Picture,
    request: &OrderRequest,
    place: usize,
    applicant: &Applicant,
    purpose: Purpose,
    rules: &Rules,
    obstacles: &mut Obstacles,
) {
    let visitor = Some(place);
    for (_, venue) in &applicant.add_ons {
        if !picture.is_add_on(venue) {
            let venue = venue.clone();
            obstacles.object(visitor, Reason::NotAnAddOn { venue });
        }
    }
    match &applicant.person {
        Ok((person, age)) => {
            let sold = check_sold(
                picture,
                request,
                applicant,
                person.document_type,
                *age,
                rules,
            );
            if let Err(error) = sold {
                obstacles.object(visitor, Reason::Category(error));
            }
        }
        Err(reasons) => {
            for reason in reasons {
                obstacles.object(visitor, reason.clone());
            }
        }
    }
    if let Some(document) = applicant.document {
        check_document(picture, request, place, document.hash, purpose, obstacles);
    }
}

/// Rules 4.3 and 7.2, for one visitor's document.
fn check_document(
    picture: &Picture,
    request: &OrderRequest,
    place: usize,
    document: DocumentHash,
    purpose: Purpose,
    obstacles: &mut Obstacles,
) {
    let visitor = Some(place);
    let mut earlier = request.applicants.iter().take(place);
    if earlier.any(|other| other.document.is_some_and(|other| other.hash == document)) {
        obstacles.object(visitor, Reason::DuplicateInOrder);
    }
    if let Some(held) = picture.held(request.date, document) {
        match held.unpaid_until {
            Some(pay_by) if request.received_at > pay_by => {
                obstacles.lapsed.insert(LapsedOrder {
                    date: request.date,
                    order: held.order,
                });
            }
            _ => obstacles.object(visitor, Reason::AlreadyBooked),
        }
    }
    if purpose == Purpose::New {
        let bans = picture.bans(document).iter();
        let running = bans.filter(|ban| ban.covers(request.received_at));
        if let Some(until) = running.map(|ban| ban.last_day).max() {
            obstacles.object(visitor, Reason::Banned { until });
        }
    }
}

/// Rule 3.5: the category fits, and is sold in every venue asked for. The one category of pass
/// visits is not chosen, so it is not asked about.
fn check_sold(
    picture: &Picture,
    request: &OrderRequest,
    applicant: &Applicant,
    document_type: DocumentType,
    age: u8,
    rules: &Rules,
) -> Result<(), CategoryError> {
    if request.kind() == OrderKind::Ordinary {
        check_category(applicant.category, age, document_type, rules)?;
    }
    let season = request.date.season();
    let add_ons = applicant.add_ons.iter().map(|(_, venue)| venue);
    let add_ons = add_ons.filter(|venue| picture.is_add_on(venue));
    let mut venues = std::iter::once(&picture.admission_venue).chain(add_ons);
    let sold = |venue| picture.prices.price(venue, applicant.category, season);
    if venues.all(|venue| sold(venue).is_some()) {
        Ok(())
    } else {
        Err(CategoryError::NotSold)
    }
}

/// Rule 3.6: whoever is 14 or under comes with an adult, of this order or with a ticket that is
/// already valid. Not asked while a person is unknown: that one may be the adult.
fn check_companions(
    picture: &Picture,
    request: &OrderRequest,
    rules: &Rules,
    obstacles: &mut Obstacles,
) {
    let ages: Vec<u8> = request
        .applicants
        .iter()
        .filter_map(|applicant| applicant.person.as_ref().ok().map(|(_, age)| *age))
        .collect();
    if ages.len() < request.applicants.len() {
        return;
    }
    let others = picture
        .live(request.account, request.date)
        .iter()
        .filter(|admission| admission.session == request.session)
        .filter(|admission| counts_as_companion(admission))
        .map(|admission| admission.age);
    let any_child = ages.iter().any(|age| is_child_in_need(*age, rules));
    if !any_child || accompanied(ages.iter().copied().chain(others), rules) {
        return;
    }
    for (place, age) in ages.iter().enumerate() {
        if is_child_in_need(*age, rules) {
            obstacles.object(Some(place), Reason::NeedsAdult);
        }
    }
}

/// The order that an acceptable request becomes, with today's prices frozen into it (rule 2.2).
fn build(picture: &Picture, request: &OrderRequest, rules: &Rules) -> Result<Order, StoreError> {
    let mut tickets = Vec::with_capacity(request.applicants.len());
    for applicant in &request.applicants {
        tickets.push(build_ticket(picture, request, applicant)?);
    }
    let prices = tickets.iter().flat_map(|ticket| {
        std::iter::once(ticket.price).chain(ticket.add_ons.iter().map(|add_on| add_on.price))
    });
    let total = Fen::total(prices)?;
    let mut order = Order {
        id: request.order,
        number: OrderNumber::of(request.order, request.received_at),
        account: request.account,
        kind: request.kind(),
        pass: request.pass,
        date: request.date,
        session: request.session.clone(),
        phone: Some(request.phone.clone()),
        state: OrderState::Unpaid,
        cancelled_because: None,
        request_key: request.request_key,
        body_digest: request.body_digest,
        created_at: request.received_at,
        pay_by: payment_deadline(request.received_at, request.date, rules),
        paid_at: None,
        total,
        paid: Fen::ZERO,
        refunded: Fen::ZERO,
        tickets,
    };
    if request.pass.is_some() && !total.is_zero() {
        // An unpaid visit would keep its entry when it expires.
        let text = "an entry of an annual pass has a price";
        return Err(StoreError::Fault(text.to_owned()));
    }
    if total.is_zero() {
        // Rule 5.4: nothing to pay, so nothing to wait for.
        order.confirm(Fen::ZERO, request.received_at)?;
    }
    Ok(order)
}

fn build_ticket(
    picture: &Picture,
    request: &OrderRequest,
    applicant: &Applicant,
) -> Result<Ticket, StoreError> {
    let Ok((person, age)) = &applicant.person else {
        return Err(StoreError::Fault(
            "an unknown person was accepted".to_owned(),
        ));
    };
    let price = |venue: &VenueCode| price_of(picture, request, venue, applicant.category);
    let mut add_ons = Vec::with_capacity(applicant.add_ons.len());
    for (id, venue) in &applicant.add_ons {
        add_ons.push(AddOn {
            id: *id,
            venue: venue.clone(),
            price: price(venue)?,
            state: TicketState::Held,
            admission: None,
        });
    }
    Ok(Ticket {
        id: applicant.ticket,
        document_type: person.document_type,
        nationality: person.nationality.clone(),
        document_hash: Some(person.document_hash),
        identity: Some(person.identity.clone()),
        age: *age,
        category: applicant.category,
        venue: picture.admission_venue.clone(),
        price: price(&picture.admission_venue)?,
        state: TicketState::Held,
        admission: None,
        add_ons,
    })
}

fn price_of(
    picture: &Picture,
    request: &OrderRequest,
    venue: &VenueCode,
    category: Category,
) -> Result<Fen, StoreError> {
    picture
        .prices
        .price(venue, category, request.date.season())
        .ok_or_else(|| StoreError::Fault(format!("{venue} has no price for {}", category.code())))
}

/// Whether a refusal is for want of places alone: places that lapsed orders may still hold.
pub(super) fn wants_places_only(refusal: &Refusal) -> bool {
    refusal.objections.iter().all(|objection| {
        matches!(
            objection.reason,
            Reason::SoldOut { .. } | Reason::NotEnough { .. }
        )
    })
}
