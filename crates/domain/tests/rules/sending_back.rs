//! Refunds on their way to the provider (rules 6.7 and 6.8).

use chrono::TimeDelta;
use domain::ports::{OrderQueries, ProviderError, ProviderRefund};
use domain::refund::{Refund, RefundState};
use domain::testing::{ProviderCall, ScriptedPayments};
use domain::use_cases::submit_refunds::{
    SubmittedRefunds, follow_refunds, retry_refund, settle_refund, submit_refunds,
};

use super::office::Office;

fn submit(office: &Office, provider: &ScriptedPayments) -> SubmittedRefunds {
    let museum = &office.museum;
    submit_refunds(
        museum.unit_of_work(),
        provider,
        &museum.rules,
        &museum.clock,
    )
    .unwrap()
}

fn follow(office: &Office, provider: &ScriptedPayments) -> SubmittedRefunds {
    let museum = &office.museum;
    follow_refunds(
        museum.unit_of_work(),
        provider,
        &museum.rules,
        &museum.clock,
    )
    .unwrap()
}

fn state(office: &Office, refund: &Refund) -> RefundState {
    office.store.refund(refund.id).unwrap().unwrap().state
}

fn sent(provider: &ScriptedPayments) -> Vec<(String, i64)> {
    let calls = provider.calls().into_iter();
    calls
        .filter_map(|call| match call {
            ProviderCall::Refund(submission) => {
                Some((submission.number, submission.amount.amount()))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn a_refund_goes_from_requested_to_succeeded() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let refund = office.refund(&order, &[order.tickets[0].id]).unwrap();
    let provider = ScriptedPayments::new();
    provider.answer_refund(Ok(ProviderRefund::Processing));
    let done = submit(&office, &provider);
    assert_eq!((done.formed, done.called), (1, 1));
    assert_eq!(state(&office, &refund), RefundState::Submitted);
    assert_eq!(submit(&office, &provider), SubmittedRefunds::default());
    office.advance(TimeDelta::seconds(70));
    provider.answer_refund_query(Ok(ProviderRefund::Succeeded));
    assert_eq!(follow(&office, &provider).succeeded, 1);
    assert_eq!(state(&office, &refund), RefundState::Succeeded);
    office.sweep();
}

#[test]
fn a_lost_answer_is_repeated_under_the_same_number() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let refund = office.refund(&order, &[order.tickets[0].id]).unwrap();
    let provider = ScriptedPayments::new();
    provider.answer_refund(Err(ProviderError::Unknown("timeout".to_owned())));
    submit(&office, &provider);
    assert_eq!(state(&office, &refund), RefundState::Requested);
    office.advance(TimeDelta::seconds(70));
    provider.answer_refund(Ok(ProviderRefund::Succeeded));
    assert_eq!(submit(&office, &provider).succeeded, 1);
    let sent = sent(&provider);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
    assert_eq!(state(&office, &refund), RefundState::Succeeded);
}

#[test]
fn refunds_of_one_order_go_one_at_a_time_and_those_that_wait_are_merged() {
    let office = Office::with_capacity(10);
    let people = [0; 4].map(|_| office.museum.adult());
    let order = office.paid(&office.museum.account(), &people.iter().collect::<Vec<_>>());
    let refund = |place: usize| office.refund(&order, &[order.tickets[place].id]).unwrap();
    let provider = ScriptedPayments::new();
    refund(0);
    provider.answer_refund(Ok(ProviderRefund::Succeeded));
    submit(&office, &provider);
    let merged = [refund(1), refund(2)];
    office.advance(TimeDelta::seconds(60));
    assert_eq!(submit(&office, &provider).formed, 0, "61 s apart");
    office.advance(TimeDelta::seconds(1));
    provider.answer_refund(Ok(ProviderRefund::Processing));
    assert_eq!(submit(&office, &provider).formed, 1);
    assert_eq!(sent(&provider)[1].1, 8000);
    let last = refund(3);
    office.advance(TimeDelta::seconds(61));
    assert_eq!(
        submit(&office, &provider).formed,
        0,
        "one is still under way"
    );
    let number = merged[0].id.uuid().simple().to_string();
    let unit_of_work = office.museum.unit_of_work();
    let now = office.museum.now();
    assert_eq!(
        settle_refund(unit_of_work, &number, ProviderRefund::Succeeded, now),
        Ok(true)
    );
    assert_eq!(
        settle_refund(unit_of_work, &number, ProviderRefund::Succeeded, now),
        Ok(false)
    );
    for refund in &merged {
        assert_eq!(state(&office, refund), RefundState::Succeeded);
    }
    provider.answer_refund(Ok(ProviderRefund::Failed));
    assert_eq!(submit(&office, &provider).failed, 1);
    assert_eq!(state(&office, &last), RefundState::Failed);
    office.sweep();
}

#[test]
fn what_settles_late_or_twice_changes_nothing() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let refund = office.refund(&order, &[order.tickets[0].id]).unwrap();
    let provider = ScriptedPayments::new();
    provider.answer_refund(Ok(ProviderRefund::Succeeded));
    submit(&office, &provider);
    let number = refund.id.uuid().simple().to_string();
    let unit_of_work = office.museum.unit_of_work();
    let now = office.museum.now();
    assert_eq!(
        settle_refund(unit_of_work, &number, ProviderRefund::Processing, now),
        Ok(false)
    );
    assert_eq!(
        settle_refund(unit_of_work, &number, ProviderRefund::Failed, now),
        Ok(false)
    );
    assert_eq!(
        settle_refund(unit_of_work, "unknown", ProviderRefund::Succeeded, now),
        Ok(false)
    );
    assert_eq!(state(&office, &refund), RefundState::Succeeded);
}

fn refused() -> Result<ProviderRefund, ProviderError> {
    Err(ProviderError::Refused {
        code: "NOT_ENOUGH".to_owned(),
    })
}

#[test]
fn what_is_refused_is_sent_again_for_an_hour_and_then_waits_for_a_person() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let refund = office.refund(&order, &[order.tickets[0].id]).unwrap();
    let provider = ScriptedPayments::new();
    let mut rounds = 0;
    while state(&office, &refund) == RefundState::Requested {
        provider.answer_refund(refused());
        provider.answer_refund_query(Ok(ProviderRefund::Unknown));
        submit(&office, &provider);
        office.advance(TimeDelta::seconds(65));
        rounds += 1;
    }
    assert_eq!(rounds, 61);
    assert_eq!(state(&office, &refund), RefundState::Failed);
    let number = refund.id.uuid().simple().to_string();
    let unit_of_work = office.museum.unit_of_work();
    assert_eq!(
        retry_refund(unit_of_work, &number, office.museum.now()),
        Ok(true)
    );
    assert_eq!(
        retry_refund(unit_of_work, &number, office.museum.now()),
        Ok(false)
    );
    provider.answer_refund(Ok(ProviderRefund::Succeeded));
    assert_eq!(submit(&office, &provider).succeeded, 1);
    assert_eq!(state(&office, &refund), RefundState::Succeeded);
    let numbers = sent(&provider);
    assert!(numbers.iter().all(|(sent, _)| *sent == number));
    office.sweep();
}

#[test]
fn a_refusal_of_what_was_accepted_before_is_no_failure() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let refund = office.refund(&order, &[order.tickets[0].id]).unwrap();
    let provider = ScriptedPayments::new();
    provider.answer_refund(Err(ProviderError::Unknown("timeout".to_owned())));
    submit(&office, &provider);
    office.advance(TimeDelta::seconds(70));
    provider.answer_refund(refused());
    provider.answer_refund_query(Ok(ProviderRefund::Processing));
    submit(&office, &provider);
    assert_eq!(state(&office, &refund), RefundState::Submitted);
    // A question that is refused or not answered says nothing about the money.
    for answer in [refused(), Err(ProviderError::Unknown("timeout".to_owned()))] {
        office.advance(TimeDelta::seconds(70));
        provider.answer_refund_query(answer);
        follow(&office, &provider);
        assert_eq!(state(&office, &refund), RefundState::Submitted);
    }
}

#[test]
fn money_that_arrives_after_a_failure_is_believed() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let refund = office.refund(&order, &[order.tickets[0].id]).unwrap();
    let provider = ScriptedPayments::new();
    provider.answer_refund(Ok(ProviderRefund::Failed));
    assert_eq!(submit(&office, &provider).failed, 1);
    let number = refund.id.uuid().simple().to_string();
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    let settle = |outcome| settle_refund(unit_of_work, &number, outcome, now);
    assert_eq!(settle(ProviderRefund::Processing), Ok(false));
    assert_eq!(settle(ProviderRefund::Succeeded), Ok(true));
    assert_eq!(state(&office, &refund), RefundState::Succeeded);
    office.sweep();
}
