//! What a group of orders is decided against: read once under the day's lock, then moved on with
//! each acceptance.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::annual_pass::AnnualPass;
use crate::calendar::OpeningDay;
use crate::id::{AccountId, OrderId, RequestKey};
use crate::no_show::Ban;
use crate::order::{Order, OrderState, TicketState};
use crate::ports::{HeldDocument, LiveAdmission, StoreError, Stores, UnpaidOrder};
use crate::sealed::DocumentHash;
use crate::ticket_type::PriceList;
use crate::venue::{VenueCode, VenueKind};
use crate::visit_date::VisitDate;

use super::locked_quotas::LockedQuotas;
use super::order_request::OrderRequest;
use super::pass_entries::PassEntries;

/// Everything that the decisions of one group depend on.
pub(super) struct Picture {
    days: BTreeMap<VisitDate, OpeningDay>,
    pub(super) quotas: LockedQuotas,
    pub(super) passes: PassEntries,
    pub(super) prices: PriceList,
    pub(super) admission_venue: VenueCode,
    add_on_venues: BTreeSet<VenueCode>,
    by_request_key: HashMap<RequestKey, Order>,
    held: HashMap<(VisitDate, DocumentHash), HeldDocument>,
    bans: HashMap<DocumentHash, Vec<Ban>>,
    unpaid: HashMap<AccountId, Vec<UnpaidOrder>>,
    live: HashMap<(AccountId, VisitDate), Vec<LiveAdmission>>,
}

impl Picture {
    /// Takes the days of the requests in date order, locks their quotas and annual passes, and
    /// reads what the group needs, a query each.
    pub(super) fn take(
        stores: &mut dyn Stores,
        requests: &[OrderRequest],
    ) -> Result<Self, StoreError> {
        let dates: BTreeSet<VisitDate> = requests.iter().map(|request| request.date).collect();
        let mut days = BTreeMap::new();
        for date in &dates {
            if let Some(day) = stores.days().take(*date)? {
                days.insert(*date, day);
            }
        }
        let mut quotas = LockedQuotas::default();
        for date in days.keys() {
            quotas.add_day(stores, *date)?;
        }
        let passes = requests.iter().filter_map(|request| request.pass);
        let passes = PassEntries::lock_ids(stores, passes.collect())?;
        let (admission_venue, add_on_venues) = venues(stores)?;
        let mut picture = Self {
            days,
            quotas,
            passes,
            prices: stores.catalogue().prices()?,
            admission_venue,
            add_on_venues,
            by_request_key: HashMap::new(),
            held: HashMap::new(),
            bans: HashMap::new(),
            unpaid: HashMap::new(),
            live: HashMap::new(),
        };
        picture.read_requests(stores, requests)?;
        for date in dates {
            picture.read_date(stores, requests, date)?;
        }
        Ok(picture)
    }

    fn read_requests(
        &mut self,
        stores: &mut dyn Stores,
        requests: &[OrderRequest],
    ) -> Result<(), StoreError> {
        let keys: Vec<RequestKey> = requests.iter().map(|request| request.request_key).collect();
        let known = stores.orders().find_by_request_keys(&keys)?;
        self.by_request_key
            .extend(known.into_iter().map(|order| (order.request_key, order)));

        let accounts: BTreeSet<AccountId> =
            requests.iter().map(|request| request.account).collect();
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        for unpaid in stores.orders().unpaid_of(&accounts)? {
            self.unpaid.entry(unpaid.account).or_default().push(unpaid);
        }

        let earliest = requests.iter().map(|request| request.received_at).min();
        if let Some(earliest) = earliest {
            let documents: Vec<DocumentHash> = documents(requests).into_iter().collect();
            let day = VisitDate::containing(earliest);
            for ban in stores.bans().bans(&documents, day)? {
                self.bans.entry(ban.document).or_default().push(ban);
            }
        }
        Ok(())
    }

    fn read_date(
        &mut self,
        stores: &mut dyn Stores,
        requests: &[OrderRequest],
        date: VisitDate,
    ) -> Result<(), StoreError> {
        let of_date = || requests.iter().filter(|request| request.date == date);
        let documents: Vec<DocumentHash> = documents(of_date()).into_iter().collect();
        for held in stores.tickets().held_documents(date, &documents)? {
            self.held.insert((date, held.document), held);
        }
        let accounts: BTreeSet<AccountId> = of_date().map(|request| request.account).collect();
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        for admission in stores.tickets().live_admissions(date, &accounts)? {
            let key = (admission.account, date);
            self.live.entry(key).or_default().push(admission);
        }
        Ok(())
    }

    /// The opening day, if it has a row.
    pub(super) fn day(&self, date: VisitDate) -> Option<&OpeningDay> {
        self.days.get(&date)
    }

    /// The annual pass of a visit.
    pub(super) fn pass(&self, request: &OrderRequest) -> Option<&AnnualPass> {
        self.passes.get(request.pass?)
    }

    /// Whether a venue can be added to an admission.
    pub(super) fn is_add_on(&self, venue: &VenueCode) -> bool {
        self.add_on_venues.contains(venue)
    }

    /// The order that was placed with that request key.
    pub(super) fn placed_with(&self, key: &RequestKey) -> Option<&Order> {
        self.by_request_key.get(key)
    }

    /// The live admission that a document has on `date`.
    pub(super) fn held(&self, date: VisitDate, document: DocumentHash) -> Option<&HeldDocument> {
        self.held.get(&(date, document))
    }

    /// The bans of a document.
    pub(super) fn bans(&self, document: DocumentHash) -> &[Ban] {
        self.bans.get(&document).map_or(&[], Vec::as_slice)
    }

    /// The unpaid orders of an account.
    pub(super) fn unpaid(&self, account: AccountId) -> &[UnpaidOrder] {
        self.unpaid.get(&account).map_or(&[], Vec::as_slice)
    }

    /// The live admissions of an account on `date`.
    pub(super) fn live(&self, account: AccountId, date: VisitDate) -> &[LiveAdmission] {
        self.live.get(&(account, date)).map_or(&[], Vec::as_slice)
    }

    /// Moves the picture on by an accepted order: its places are taken, its entry of an annual
    /// pass reserved, its documents held.
    pub(super) fn accept(&mut self, order: &Order) -> Result<(), StoreError> {
        let places = order.live_places();
        self.quotas.take(order, &places)?;
        self.passes.reserve(order)?;
        let unpaid_until = (order.state == OrderState::Unpaid).then_some(order.pay_by);
        for ticket in &order.tickets {
            if let Some(document) = ticket.document_hash {
                let held = HeldDocument {
                    document,
                    order: order.id,
                    unpaid_until,
                };
                self.held.insert((order.date, document), held);
            }
            let admission = LiveAdmission {
                account: order.account,
                order: order.id,
                ticket: ticket.id,
                session: order.session.clone(),
                age: ticket.age,
                state: ticket.state,
                unpaid_until,
            };
            let key = (order.account, order.date);
            self.live.entry(key).or_default().push(admission);
        }
        if order.state == OrderState::Unpaid {
            let unpaid = UnpaidOrder {
                account: order.account,
                order: order.id,
                date: order.date,
                pay_by: order.pay_by,
            };
            self.unpaid.entry(order.account).or_default().push(unpaid);
        }
        self.by_request_key.insert(order.request_key, order.clone());
        Ok(())
    }

    /// Takes an order out of the picture that is about to be placed anew: what it holds is free.
    pub(super) fn forget(&mut self, order: OrderId) {
        self.held.retain(|_, held| held.order != order);
        for admissions in self.live.values_mut() {
            admissions.retain(|admission| admission.order != order);
        }
        for unpaid in self.unpaid.values_mut() {
            unpaid.retain(|unpaid| unpaid.order != order);
        }
    }
}

/// Whether a live ticket makes its holder a companion of children in other orders (rule 3.6).
pub(super) fn counts_as_companion(admission: &LiveAdmission) -> bool {
    matches!(admission.state, TicketState::Valid | TicketState::Used)
}

fn documents<'a>(requests: impl IntoIterator<Item = &'a OrderRequest>) -> BTreeSet<DocumentHash> {
    let applicants = requests.into_iter().flat_map(|request| &request.applicants);
    let known = applicants.filter_map(|applicant| applicant.document);
    known.map(|document| document.hash).collect()
}

/// The venue that admits, and those that can be added to an admission (rule 2.1).
fn venues(stores: &mut dyn Stores) -> Result<(VenueCode, BTreeSet<VenueCode>), StoreError> {
    let venues = stores.catalogue().venues()?;
    let (admission, add_ons): (Vec<_>, Vec<_>) = venues
        .into_iter()
        .partition(|venue| venue.kind() == VenueKind::Admission);
    let admission = admission
        .first()
        .ok_or_else(|| StoreError::Fault("no venue gives admission".to_owned()))?;
    let add_ons = add_ons.iter().map(|venue| venue.code().clone());
    Ok((admission.code().clone(), add_ons.collect()))
}
