//! What becomes of an order, by the domain's own steps: paid or left to expire, refunded, visited.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::Hours;
use domain::id::{BodyDigest, RefundId, RequestKey, TicketId};
use domain::ledger::{LedgerEntry, payment_entries, refund_entries};
use domain::no_show::{NoShow, NoShowCause};
use domain::order::{Admission, CancelCause, Order, OrderState, TicketState};
use domain::payment::{AttemptState, PaymentAttempt};
use domain::ports::{LiveAdmission, RefundSubmission, SubmissionState};
use domain::refund::{Refund, RefundCause, RefundState, Selection, plan_refund};
use rand::RngExt as _;
use rand::rngs::StdRng;
use uuid::Builder;

use super::crowd;
use super::office::Office;
use super::orders::{Conduct, Party};
use super::plan::PlannedDay;
use crate::failure::{Context as _, Failure};

/// An order at the end of its visit day, with all that was stored on its way.
pub(super) struct Booked {
    pub(super) order: Order,
    pub(super) attempt: Option<PaymentAttempt>,
    pub(super) ledger: Vec<LedgerEntry>,
    pub(super) refund: Option<Refund>,
    pub(super) submission: Option<RefundSubmission>,
    pub(super) no_shows: Vec<NoShow>,
}

/// What becomes of an order before the visit day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nobody pays.
    Expired,
    /// The tourist cancels before paying.
    Cancelled,
    /// Everything goes back.
    Refunded,
    /// One ticket goes back.
    PartlyRefunded,
    /// Nothing more.
    Kept,
}

/// How many of a thousand orders do not stay as they were paid.
const FATES: [(u32, Fate); 4] = [
    (30, Fate::Expired),
    (10, Fate::Cancelled),
    (35, Fate::Refunded),
    (10, Fate::PartlyRefunded),
];

/// How many of a thousand visitors who may miss their visit do.
const MISSED: u32 = 30;

/// Visitors come within so many seconds after the gates have opened.
const VISITING_SECONDS: i64 = 7 * 3600;

impl Fate {
    fn of(order: &Order, party: &Party, chance: &mut StdRng) -> Self {
        let mut guests = party.guests.iter();
        let truant = guests.any(|guest| guest.conduct == Conduct::Truant);
        if truant || order.total.is_zero() {
            return Self::Kept;
        }
        let mut drawn = chance.random_range(0..1_000);
        for (share, fate) in FATES {
            if drawn < share {
                return fate;
            }
            drawn -= share;
        }
        Self::Kept
    }
}

/// Takes an unpaid order to the evening of its visit day.
pub(super) fn live(
    office: &Office<'_>,
    day: &PlannedDay,
    order: Order,
    party: &Party,
    chance: &mut StdRng,
) -> Result<Booked, Failure> {
    let mut booked = Booked {
        order,
        attempt: None,
        ledger: Vec::new(),
        refund: None,
        submission: None,
        no_shows: Vec::new(),
    };
    match Fate::of(&booked.order, party, chance) {
        Fate::Expired => booked.lapse(party, CancelCause::Expired, chance)?,
        Fate::Cancelled => booked.lapse(party, CancelCause::Tourist, chance)?,
        Fate::Refunded => {
            booked.pay(party, chance)?;
            booked.give_back(office, Selection::All, chance)?;
        }
        Fate::PartlyRefunded => {
            booked.pay(party, chance)?;
            let last = booked.order.tickets.last().map(|ticket| ticket.id);
            let selection = Selection::Of {
                tickets: last.into_iter().collect(),
                add_ons: BTreeSet::new(),
            };
            booked.give_back(office, selection, chance)?;
        }
        Fate::Kept => booked.pay(party, chance)?,
    }
    booked.visit(office, day, party, chance)?;
    Ok(booked)
}

impl Booked {
    /// The attempt to pay, as the provider's answers left it.
    fn attempt(
        &self,
        party: &Party,
        state: AttemptState,
        chance: &mut StdRng,
    ) -> Result<PaymentAttempt, Failure> {
        let order = &self.order;
        let transaction: u64 = chance.random();
        Ok(PaymentAttempt {
            number: order.number.clone(),
            order: order.id,
            amount: order.total,
            payer: crowd::open_id(party.account).context("an openid")?,
            time_expire: order.pay_by,
            state,
            prepay_id: Some(format!("wx{:034x}", chance.random::<u128>() >> 1)),
            transaction_id: (state == AttemptState::Paid)
                .then(|| format!("42000000{transaction:020}")),
            created_at: order.created_at + TimeDelta::seconds(5),
            next_check_at: order.pay_by,
        })
    }

    /// Paid some minutes later, or at once if it costs nothing.
    fn pay(&mut self, party: &Party, chance: &mut StdRng) -> Result<(), Failure> {
        let mut paid_at = self.order.created_at;
        if !self.order.total.is_zero() {
            paid_at += TimeDelta::seconds(chance.random_range(15..600));
            self.attempt = Some(self.attempt(party, AttemptState::Paid, chance)?);
        }
        let confirmed = self.order.confirm(self.order.total, paid_at);
        confirmed.context("confirming an order")?;
        self.ledger = payment_entries(&self.order, paid_at);
        Ok(())
    }

    /// Never paid; half of them had begun to.
    fn lapse(
        &mut self,
        party: &Party,
        cause: CancelCause,
        chance: &mut StdRng,
    ) -> Result<(), Failure> {
        self.order.cancel(cause).context("cancelling an order")?;
        if chance.random() {
            self.attempt = Some(self.attempt(party, AttemptState::Closed, chance)?);
        }
        Ok(())
    }

    /// A refund before the visit day, which has succeeded; none if a rule is in the way.
    fn give_back(
        &mut self,
        office: &Office<'_>,
        selection: Selection,
        chance: &mut StdRng,
    ) -> Result<(), Failure> {
        let paid_at = self.order.paid_at.unwrap_or(self.order.created_at);
        let left = (self.order.date.start() - paid_at).num_seconds().max(2);
        let at = paid_at + TimeDelta::seconds(chance.random_range(1..left));
        let party = self.admissions();
        let Ok(plan) = plan_refund(&self.order, &selection, &party, at, &office.rules) else {
            return Ok(());
        };
        self.order.apply_refund(&plan).context("refunding")?;
        let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        let id = Builder::from_unix_timestamp_millis(milliseconds, &chance.random());
        let id = RefundId::new(id.into_uuid());
        self.ledger
            .extend(refund_entries(&self.order, id, &plan.items, at));
        let refund = Refund {
            id,
            order: self.order.id,
            account: self.order.account,
            cause: RefundCause::Tourist,
            amount: plan.amount,
            state: RefundState::Succeeded,
            request_key: RequestKey(chance.random()),
            body_digest: BodyDigest(chance.random()),
            items: plan.items,
            requested_at: at,
            finished_at: Some(at + TimeDelta::seconds(3)),
        };
        // Rule 6.8: nothing to send back, so nothing to ask the provider for.
        self.submission = (!refund.amount.is_zero()).then(|| self.submission_of(&refund));
        self.refund = Some(refund);
        Ok(())
    }

    fn submission_of(&self, refund: &Refund) -> RefundSubmission {
        RefundSubmission {
            number: refund.id.uuid().simple().to_string(),
            order: self.order.id,
            order_number: self.order.number.clone(),
            amount: refund.amount,
            total: self.order.paid,
            state: SubmissionState::Succeeded,
            attempts: 1,
            created_at: refund.requested_at + TimeDelta::seconds(1),
            next_attempt_at: refund.requested_at + TimeDelta::seconds(66),
        }
    }

    /// The visitors of the order as the rule about children sees them (rule 6.5).
    fn admissions(&self) -> Vec<LiveAdmission> {
        let order = &self.order;
        let live = order.tickets.iter().filter(|ticket| ticket.state.is_live());
        live.map(|ticket| LiveAdmission {
            account: order.account,
            order: order.id,
            ticket: ticket.id,
            session: order.session.clone(),
            age: ticket.age,
            state: ticket.state,
            unpaid_until: None,
        })
        .collect()
    }

    /// The visit day: who comes is admitted, and in the evening everything else expires.
    fn visit(
        &mut self,
        office: &Office<'_>,
        day: &PlannedDay,
        party: &Party,
        chance: &mut StdRng,
    ) -> Result<(), Failure> {
        if self.order.state != OrderState::Paid {
            return Ok(());
        }
        let coming: Vec<TicketId> = self
            .order
            .tickets
            .iter()
            .zip(&party.guests)
            .filter(|(ticket, _)| ticket.state == TicketState::Valid)
            .filter(|(_, guest)| match guest.conduct {
                Conduct::Reliable => true,
                Conduct::Free => !chance.random_ratio(MISSED, 1_000),
                Conduct::Truant => false,
            })
            .map(|(ticket, _)| ticket.id)
            .collect();
        let opens = Hours::of_season(day.date.season()).opens();
        let seconds = TimeDelta::seconds(chance.random_range(0..VISITING_SECONDS));
        let at = day.date.at(opens) + seconds;
        for ticket in coming {
            self.enter(office, ticket, at, chance)?;
        }
        let missed = self.order.expire_unused();
        // No-shows of erased days are gone, too.
        if !day.erased {
            let recorded_at = day.date.at(office.rules.no_shows_at) + TimeDelta::seconds(9);
            self.note_missed(&missed, recorded_at);
        }
        Ok(())
    }

    /// Through the main gate, and to nine of ten galleries that were paid for.
    fn enter(
        &mut self,
        office: &Office<'_>,
        ticket: TicketId,
        at: DateTime<Utc>,
        chance: &mut StdRng,
    ) -> Result<(), Failure> {
        let gate = |name: &str, number: u32| format!("{name} {number}");
        let admission = Admission {
            at,
            gate: gate("Meridian Gate", chance.random_range(1..=12)),
        };
        let admitted = self.order.admit(ticket, &office.palace, admission);
        admitted.context("admitting a visitor")?;
        let add_ons = self.order.ticket(ticket).map(|ticket| &ticket.add_ons);
        let valid = add_ons
            .into_iter()
            .flatten()
            .filter(|add_on| add_on.state.is_live());
        let venues: Vec<_> = valid.map(|add_on| add_on.venue.clone()).collect();
        for venue in venues {
            if chance.random_ratio(9, 10) {
                let admission = Admission {
                    at: at + TimeDelta::minutes(70),
                    gate: gate("Gallery", chance.random_range(1..=3)),
                };
                let admitted = self.order.admit(ticket, &venue, admission);
                admitted.context("admitting a visitor to a gallery")?;
            }
        }
        Ok(())
    }

    fn note_missed(&mut self, missed: &[TicketId], recorded_at: DateTime<Utc>) {
        let tickets = missed
            .iter()
            .filter_map(|ticket| self.order.ticket(*ticket));
        let no_shows = tickets.filter_map(|ticket| {
            Some(NoShow {
                document: ticket.document_hash?,
                date: self.order.date,
                cause: NoShowCause::Absent,
                ticket: ticket.id,
                recorded_at,
                waiver: None,
            })
        });
        self.no_shows = no_shows.collect();
    }
}
