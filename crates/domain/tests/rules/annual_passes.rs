//! Annual passes (section 8).

use chrono::TimeDelta;
use domain::account::Account;
use domain::annual_pass::PassState;
use domain::category::Category;
use domain::check_in::Verdict;
use domain::id::{AnnualPassId, BodyDigest, OrderId};
use domain::money::Fen;
use domain::no_show::Ban;
use domain::order::{Order, OrderKind, OrderState};
use domain::ports::{AnnualPassQueries, StoreError};
use domain::refund::{RefundCause, RefundReason};
use domain::testing::Fault;
use domain::use_cases::check_in::Shown;
use domain::use_cases::pass_visits::{PrepareVisitError, VisitDraft, prepare_visit};
use domain::use_cases::place_orders::{Placed, place_orders};
use domain::use_cases::refund_tickets::{RefundError, preview_refund};
use domain::use_cases::show_passes::passes_of_account;
use domain::use_cases::void_passes::{VoidError, Voided, void_past_passes};
use domain::visit_date::VisitDate;

use super::gate::{MORNING, at_gate, check, verdicts};
use super::holder::{Holder, save};
use super::office::{Office, codes, created, of_tickets};

#[test]
fn a_visit_takes_stock_and_an_entry_and_costs_nothing() {
    let holder = Holder::adult();
    let visit = holder.visit();
    assert_eq!(
        (visit.kind, visit.state),
        (OrderKind::AnnualPass, OrderState::Paid)
    );
    assert_eq!((visit.pass, visit.total), (Some(holder.pass.id), Fen::ZERO));
    assert_eq!(visit.tickets[0].category, Category::AnnualPass);
    assert_eq!(visit.phone, holder.account.phone);
    assert_eq!(holder.office.taken("palace"), 1);
    assert_eq!(holder.entries(), (1, 0));
    holder.sweep();
}

#[test]
fn the_eleventh_visit_is_refused_and_allowed_after_a_cancellation() {
    let holder = Holder::adult();
    let mut visits = Vec::new();
    for number in 0..10 {
        let date = Office::fixed_day().plus_days(number);
        if number > 0 {
            holder.office.museum.open(date, 10);
            holder.office.advance(TimeDelta::days(1));
        }
        visits.push(created(&holder.register(date)));
    }
    assert_eq!(holder.entries(), (10, 0));
    let eleventh = Office::fixed_day().plus_days(10);
    holder.office.museum.open(eleventh, 10);
    holder.office.advance(TimeDelta::days(1));
    assert_eq!(
        codes(&holder.register(eleventh)),
        [(None, "pass.exhausted")]
    );
    holder.cancel(&visits[9]).unwrap();
    created(&holder.register(eleventh));
    assert_eq!(holder.entries(), (10, 0));
    holder.sweep();
}

#[test]
fn rules_of_orders_hold_for_visits() {
    let holder = Holder::adult();
    let day = Office::fixed_day();
    let closed = day.plus_days(-1);
    assert_eq!(codes(&holder.register(closed)), [(None, "day.closed")]);
    holder.office.museum.open(day.plus_days(1), 10);
    assert_eq!(
        codes(&holder.register(day.plus_days(1))),
        [(None, "sales.not_open")]
    );
    holder.visit();
    assert_eq!(
        codes(&holder.register(day)),
        [(Some(0), "document.already_booked")]
    );
    let other = holder.office.museum.account();
    let bought = holder.office.order(&other, &[&holder.person]);
    assert_eq!(codes(&bought), [(Some(0), "document.already_booked")]);
    assert_eq!(holder.entries(), (1, 0));

    let full = Holder::adult();
    for _ in 0..2 {
        let five = [(); 5].map(|()| full.office.museum.adult());
        let account = full.office.museum.account();
        created(&full.office.order(&account, &five.each_ref()));
    }
    assert_eq!(codes(&full.register(day)), [(None, "quota.sold_out")]);
    assert_eq!(full.entries(), (0, 0));
}

#[test]
fn a_visit_counts_among_the_admissions_of_its_account() {
    let holder = Holder::adult();
    let four = [(); 4].map(|()| holder.office.museum.adult());
    holder.office.paid(&holder.account, &four.each_ref());
    holder.visit();
    let sixth = holder.office.museum.adult();
    let refused = holder.office.order(&holder.account, &[&sixth]);
    assert_eq!(codes(&refused), [(None, "order.too_many_admissions")]);
}

#[test]
fn an_unpaid_order_does_not_stand_in_the_way_of_a_visit() {
    let holder = Holder::adult();
    let other = holder.office.museum.adult();
    created(&holder.office.order(&holder.account, &[&other]));
    holder.visit();
    holder.sweep();
}

#[test]
fn a_banned_document_registers_no_visit() {
    let holder = Holder::adult();
    let third = VisitDate::parse("2026-11-20").unwrap();
    let document = holder.pass.document_hash.unwrap();
    let ban = Ban::after(document, third, &holder.office.museum.rules);
    holder.office.museum.run(|stores| stores.bans().ban(&ban));
    let refused = holder.register(Office::fixed_day());
    assert_eq!(codes(&refused), [(Some(0), "document.banned")]);
}

#[test]
fn an_adult_holder_leads_children_and_a_younger_one_does_not() {
    let leads = |birth: &str| {
        let holder = Holder::born(birth);
        let child = holder.office.museum.person("2016-01-01");
        holder.visit();
        match holder.office.order(&holder.account, &[&child]) {
            Placed::Created(_) => vec![],
            refused => codes(&refused),
        }
    };
    assert_eq!(leads("2008-12-01"), [], "18 on the day");
    assert_eq!(leads("2008-12-02"), [(Some(0), "minor.needs_adult")]);
}

#[test]
fn a_child_with_a_pass_needs_an_adult() {
    let holder = Holder::born("2016-01-01");
    let refused = holder.register(Office::fixed_day());
    assert_eq!(codes(&refused), [(Some(0), "minor.needs_adult")]);
    let adult = holder.office.museum.adult();
    holder.office.paid(&holder.account, &[&adult]);
    holder.visit();
}

#[test]
fn the_year_is_that_of_the_visit() {
    let holder = Holder::adult();
    holder.office.set("2026-12-30T12:00:00+08:00");
    let (last, first) = ("2026-12-31", "2027-01-01");
    for day in [last, first] {
        holder
            .office
            .museum
            .open(VisitDate::parse(day).unwrap(), 10);
    }
    let register = |day| holder.register(VisitDate::parse(day).unwrap());
    assert_eq!(codes(&register(first)), [(None, "pass.wrong_year")]);
    created(&register(last));
}

#[test]
fn a_cancelled_visit_gives_entry_and_place_back_without_a_trace() {
    let holder = Holder::adult();
    let visit = holder.visit();
    // On the day itself, a moment before 20:00 (rule 8.3).
    holder.office.set("2026-12-01T19:59:59.999999+08:00");
    let cancelled = holder.cancel(&visit).unwrap();
    assert_eq!(cancelled.state, OrderState::Refunded);
    assert_eq!(holder.entries(), (0, 0));
    assert_eq!(holder.office.taken("palace"), 0);
    let document = holder.pass.document_hash.unwrap();
    let no_shows = holder
        .office
        .museum
        .run(|stores| stores.bans().histories(&[document]));
    assert_eq!(no_shows, []);
    assert_eq!(holder.cancel(&visit), Ok(cancelled), "cancelled again");
    holder.sweep();
}

#[test]
fn from_20_00_on_a_visit_stays() {
    let holder = Holder::adult();
    let visit = holder.visit();
    holder.office.set("2026-12-01T20:00:00+08:00");
    let Err(RefundError::Refused(refusal)) = holder.cancel(&visit) else {
        panic!("cancelled");
    };
    assert_eq!(refusal.objections[0].reason, RefundReason::TooLate);
    assert_eq!(holder.entries(), (1, 0));
}

#[test]
fn a_visit_is_refunded_like_an_order_and_shown_without_a_no_show() {
    let holder = Holder::adult();
    let visit = holder.visit();
    holder.office.set("2026-12-01T12:00:00+08:00");
    let ticket = visit.tickets[0].id;
    let museum = &holder.office.museum;
    let preview = preview_refund(
        museum.unit_of_work(),
        &museum.rules,
        Some(holder.account.id),
        visit.id,
        &of_tickets(&[ticket]),
        museum.now(),
    )
    .unwrap();
    assert_eq!(preview.no_shows, []);
    let refund = holder.office.refund(&visit, &[ticket]).unwrap();
    assert_eq!(
        (refund.amount, refund.cause),
        (Fen::ZERO, RefundCause::Tourist)
    );
    assert_eq!(holder.entries(), (0, 0));
    let cancelled = holder.cancel(&visit).unwrap();
    assert_eq!(cancelled.state, OrderState::Refunded, "the other way round");
    holder.sweep();
}

#[test]
fn the_main_gate_uses_the_entry_once() {
    let holder = Holder::adult();
    let visit = holder.visit();
    holder.office.set(MORNING);
    let show = || {
        let number = Shown::Order(visit.number.clone());
        check(&holder.office, &at_gate(&holder.office, number, "palace"))
    };
    assert_eq!(verdicts(&show()), [Verdict::Admitted]);
    assert_eq!(holder.entries(), (0, 1));
    assert_eq!(verdicts(&show()), [Verdict::AlreadyUsed]);
    assert_eq!(holder.entries(), (0, 1));
    let Err(RefundError::Refused(refusal)) = holder.cancel(&visit) else {
        panic!("cancelled");
    };
    assert_eq!(refusal.objections[0].reason, RefundReason::CheckedIn);
    assert_eq!(holder.entries(), (0, 1));
    holder.sweep();
}

#[test]
fn a_visit_that_a_child_depends_on_is_not_cancelled() {
    let holder = Holder::adult();
    let visit = holder.visit();
    let child = holder.office.museum.person("2016-01-01");
    created(&holder.office.order(&holder.account, &[&child]));
    let Err(RefundError::Refused(refusal)) = holder.cancel(&visit) else {
        panic!("cancelled");
    };
    assert_eq!(refusal.objections[0].reason.code(), "minor.needs_adult");
    assert_eq!(holder.entries(), (1, 0));
}

#[test]
fn a_visit_of_another_pass_or_account_is_not_found() {
    let holder = Holder::adult();
    let visit = holder.visit();
    let bought = holder.office.paid(
        &holder.office.museum.account(),
        &[&holder.office.museum.adult()],
    );
    assert_eq!(holder.cancel(&bought), Err(RefundError::NotFound));
    let unknown = Order {
        id: OrderId::new(holder.office.museum.next_id()),
        ..visit
    };
    assert_eq!(holder.cancel(&unknown), Err(RefundError::NotFound));
}

#[test]
fn only_accounts_that_saved_the_holder_use_the_pass() {
    let holder = Holder::adult();
    let prepare = |account: &Account, pass: AnnualPassId| {
        let museum = &holder.office.museum;
        let draft = VisitDraft {
            pass,
            ..holder.draft(account, Office::fixed_day())
        };
        prepare_visit(&*holder.office.store, &museum.cipher, &museum.ids, draft)
    };
    let stranger = holder.office.museum.account();
    let missing = Some(PrepareVisitError::NotFound);
    assert_eq!(prepare(&stranger, holder.pass.id).err(), missing);
    let unknown = AnnualPassId::new(holder.office.museum.next_id());
    assert_eq!(prepare(&holder.account, unknown).err(), missing);
    save(&holder.office, &stranger, &holder.person);
    created(&holder.place(holder.draft(&stranger, Office::fixed_day())));
}

#[test]
fn an_account_without_a_phone_number_registers_nothing() {
    let holder = Holder::adult();
    let account = Account {
        phone: None,
        ..holder.account.clone()
    };
    let museum = &holder.office.museum;
    museum.run(|stores| stores.accounts().save_phone(&account));
    let draft = holder.draft(&account, Office::fixed_day());
    let prepared = prepare_visit(&*holder.office.store, &museum.cipher, &museum.ids, draft);
    assert_eq!(prepared.err(), Some(PrepareVisitError::NoPhone));
}

#[test]
fn one_request_is_one_visit() {
    let holder = Holder::adult();
    let draft = holder.draft(&holder.account, Office::fixed_day());
    let first = created(&holder.place(draft.clone()));
    let again = holder.place(draft.clone());
    assert_eq!(again, Placed::Existing(Box::new(first)));
    let other_body = VisitDraft {
        body_digest: BodyDigest([4; 32]),
        ..draft
    };
    assert_eq!(holder.place(other_body), Placed::KeyReused);
    assert_eq!(holder.entries(), (1, 0));
}

#[test]
fn a_unit_that_runs_twice_moves_an_entry_once() {
    let holder = Holder::adult();
    holder.office.store.inject(Fault::RunTwice, 1);
    let visit = holder.visit();
    assert_eq!(holder.entries(), (1, 0));
    // The first unit of a cancellation only looks.
    holder.office.store.inject(Fault::RunTwice, 2);
    holder.cancel(&visit).unwrap();
    assert_eq!(holder.entries(), (0, 0));
    holder.sweep();
}

#[test]
fn a_group_of_visits_shares_the_last_entry_out_once() {
    let holder = Holder::adult();
    holder.set_entries(4, 5);
    let next = Office::fixed_day().plus_days(-1);
    holder.office.museum.open(next, 10);
    let museum = &holder.office.museum;
    let requests = [Office::fixed_day(), next].map(|date| {
        let draft = holder.draft(&holder.account, date);
        prepare_visit(&*holder.office.store, &museum.cipher, &museum.ids, draft).unwrap()
    });
    let placed = place_orders(museum.unit_of_work(), &museum.rules, &requests).unwrap();
    created(&placed[0]);
    assert_eq!(codes(&placed[1]), [(None, "pass.exhausted")]);
    assert_eq!(holder.entries(), (5, 5));
}

#[test]
fn a_past_years_balance_is_voided_once() {
    let holder = Holder::adult();
    holder.set_entries(1, 2);
    let void = |year| {
        let museum = &holder.office.museum;
        void_past_passes(museum.unit_of_work(), year, museum.now())
    };
    assert_eq!(void(2026), Err(VoidError::NotOver(2026)));
    assert_eq!(void(2025), Ok(Voided::default()));
    holder.office.set("2027-01-01T00:00:00+08:00");
    let all = Voided {
        passes: 1,
        entries: 7,
    };
    assert_eq!(void(2026), Ok(all));
    assert_eq!(void(2026), Ok(Voided::default()), "again");
    let pass = holder
        .office
        .store
        .annual_pass(holder.pass.id)
        .unwrap()
        .unwrap();
    let today = VisitDate::containing(holder.office.museum.now());
    assert_eq!(pass.state(today), PassState::Void);
    assert_eq!(
        holder.entries(),
        (1, 2),
        "what was registered is still settled"
    );
    let date = today.plus_days(1);
    holder.office.museum.open(date, 10);
    let refused = [(None, "pass.wrong_year"), (None, "pass.void")];
    assert_eq!(codes(&holder.register(date)), refused);
}

#[test]
fn an_account_sees_its_passes_with_the_visits_it_registered() {
    let holder = Holder::adult();
    let other = holder.office.museum.account();
    save(&holder.office, &other, &holder.person);
    let visit = holder.visit();
    let shown = |account: &Account| -> Result<Vec<(AnnualPassId, u16, Vec<OrderId>)>, StoreError> {
        let museum = &holder.office.museum;
        let shown = passes_of_account(&*holder.office.store, account.id, museum.now())?;
        let shown = shown.into_iter().map(|shown| {
            let visits = shown.visits.iter().map(|visit| visit.id).collect();
            (shown.pass.id, shown.pass.remaining(), visits)
        });
        Ok(shown.collect())
    };
    let pass = holder.pass.id;
    assert_eq!(shown(&holder.account), Ok(vec![(pass, 9, vec![visit.id])]));
    assert_eq!(shown(&other), Ok(vec![(pass, 9, vec![])]));
    assert_eq!(shown(&holder.office.museum.account()), Ok(vec![]));
    holder.cancel(&visit).unwrap();
    assert_eq!(shown(&holder.account), Ok(vec![(pass, 10, vec![])]));
}
