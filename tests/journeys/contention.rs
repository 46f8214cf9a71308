//! Many callers at once: stock, documents and accounts over HTTP.

use std::sync::{Arc, Barrier};
use std::thread;

use journeys::{Answer, Stack, StackOptions, Tourist, Visitor};
use serde_json::Value;

/// Lets every caller do its call at the same instant; their answers.
fn at_once(calls: Vec<Box<dyn FnOnce() -> Answer + Send>>) -> Vec<Answer> {
    let barrier = Arc::new(Barrier::new(calls.len()));
    let threads: Vec<_> = calls
        .into_iter()
        .map(|call| {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || {
                barrier.wait();
                call()
            })
        })
        .collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect()
}

/// A service that is too busy says that nothing was done and the call may be repeated, which is
/// to be expected where all journeys run at once on two cores.
const REPEATS: usize = 20;

fn order_call(tourist: Tourist, form: Value, key: String) -> Box<dyn FnOnce() -> Answer + Send> {
    Box::new(move || {
        let mut answer = tourist.post("/orders", &form, Some(&key));
        for _ in 0..REPEATS {
            if answer.status != 503 {
                break;
            }
            answer = tourist.post("/orders", &form, Some(&key));
        }
        answer
    })
}

/// Rule 4.6 over two processes. Each round is what is left for the smallest order; whoever is
/// refused with room to spare would show.
#[test]
fn sixty_four_callers_never_get_more_than_the_last_fifty_places() {
    let stack = Stack::start(&StackOptions {
        capacity: 50,
        processes: 2,
    });
    let sizes = [1_usize, 2, 3, 4, 5];
    let calls = (0..64)
        .map(|caller| {
            let tourist = stack.tourist_at(caller % 2, &format!("caller-{caller}"));
            let people: Vec<Visitor> = (0..sizes[caller % 5]).map(|_| Visitor::adult()).collect();
            let people: Vec<&Visitor> = people.iter().collect();
            let form = Tourist::order_form(stack.day(), "morning", &people);
            order_call(tourist, form, format!("key-{caller}"))
        })
        .collect();
    let answers = at_once(calls);
    let mut sold = 0;
    let mut smallest_refused = usize::MAX;
    for (caller, answer) in answers.iter().enumerate() {
        let size = sizes[caller % 5];
        match answer.status {
            201 => sold += size,
            409 => {
                let codes = answer.detail_codes();
                assert!(
                    codes.iter().all(|code| code.starts_with("quota.")) && !codes.is_empty(),
                    "{answer:?}"
                );
                smallest_refused = smallest_refused.min(size);
            }
            _ => panic!("{answer:?}"),
        }
    }
    let quota = stack.quota("morning", "palace");
    assert!(sold <= 50, "{sold} sold: {quota:?}, {answers:?}");
    assert!(
        50 - sold < smallest_refused,
        "{sold} sold, an order for {smallest_refused} refused"
    );
    assert_eq!(usize::try_from(quota.taken()).unwrap(), sold);
    stack.sweep();
}

/// Rule 4.3 over accounts and both sessions.
#[test]
fn one_document_gets_one_admission_from_sixty_four_accounts() {
    let stack = Stack::start(&StackOptions {
        capacity: 1000,
        processes: 2,
    });
    let person = Visitor::adult();
    let calls = (0..64)
        .map(|caller| {
            let tourist = stack.tourist_at(caller % 2, &format!("account-{caller}"));
            let session = if caller % 4 < 2 {
                "morning"
            } else {
                "afternoon"
            };
            let form = Tourist::order_form(stack.day(), session, &[&person]);
            order_call(tourist, form, "the-same-key".to_owned())
        })
        .collect();
    let answers = at_once(calls);
    let created = answers.iter().filter(|answer| answer.status == 201);
    assert_eq!(created.count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.status, 409, "{answer:?}");
        assert_eq!(answer.detail_codes(), ["document.already_booked"]);
        assert_eq!(answer.body["details"][0]["visitor"], 0);
    }
    let taken = |session| stack.quota(session, "palace").taken();
    assert_eq!(taken("morning") + taken("afternoon"), 1);
    stack.sweep();
}

/// Rule 4.9: one unpaid order, over sessions and over days, which have no lock in common.
#[test]
fn one_account_gets_one_unpaid_order_from_sixty_four_callers() {
    let stack = Stack::start(&StackOptions {
        capacity: 1000,
        processes: 2,
    });
    let other_day = stack.day().plus_days(1);
    stack.open(other_day, 1000);
    let at_first = stack.tourist("one-account");
    let at_second = at_first.at(&stack.address(1));
    let calls = (0..64)
        .map(|caller| {
            let tourist = if caller % 2 == 0 {
                &at_first
            } else {
                &at_second
            };
            let session = if caller % 4 < 2 {
                "morning"
            } else {
                "afternoon"
            };
            let date = if caller % 8 < 4 {
                stack.day()
            } else {
                other_day
            };
            let form = Tourist::order_form(date, session, &[&Visitor::adult()]);
            order_call(tourist.clone(), form, format!("key-{caller}"))
        })
        .collect();
    let answers = at_once(calls);
    let created = answers.iter().filter(|answer| answer.status == 201);
    assert_eq!(created.count(), 1, "{:?}", answers[0]);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.detail_codes(), ["order.unpaid_exists"], "{answer:?}");
    }
    stack.sweep();
}

/// Rule 4.8: one key, one order, for all who ask at once.
#[test]
fn one_key_gets_one_order_from_thirty_two_callers() {
    let stack = Stack::start(&StackOptions {
        capacity: 1000,
        processes: 2,
    });
    let tourist = stack.tourist("double-tap");
    let other = tourist.at(&stack.address(1));
    let form = Tourist::order_form(stack.day(), "morning", &[&Visitor::adult()]);
    let calls = (0..32)
        .map(|caller| {
            let tourist = if caller % 2 == 0 { &tourist } else { &other };
            order_call(tourist.clone(), form.clone(), "one-key".to_owned())
        })
        .collect();
    let answers = at_once(calls);
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status, 200 | 201))
    );
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        1
    );
    assert!(answers.iter().all(|answer| answer.id() == answers[0].id()));
    let changed = Tourist::order_form(stack.day(), "afternoon", &[&Visitor::adult()]);
    let mismatch = tourist.post("/orders", &changed, Some("one-key"));
    assert_eq!(
        (mismatch.status, mismatch.code()),
        (409, "idempotency.mismatch")
    );
    assert_eq!(stack.quota("morning", "palace").taken(), 1);
    stack.sweep();
}

/// Rule 6.6: the same refund from many at once, under one key and under many.
#[test]
fn one_ticket_is_refunded_once_by_thirty_two_callers() {
    let stack = Stack::start(&StackOptions {
        capacity: 1000,
        processes: 2,
    });
    let tourist = stack.tourist("refunder");
    let other = tourist.at(&stack.address(1));
    let order = tourist.order(stack.day(), &[&Visitor::adult()], "order");
    let prepay = tourist.prepay(order.id());
    assert_eq!(stack.pay_in_wechat(&prepay), 200);
    stack.until_paid(&tourist, order.id());
    let ticket = order.body["tickets"][0]["id"].as_str().unwrap().to_owned();
    let calls: Vec<Box<dyn FnOnce() -> Answer + Send>> = (0..32)
        .map(|caller: usize| {
            let tourist = if caller.is_multiple_of(2) {
                &tourist
            } else {
                &other
            }
            .clone();
            let (order, ticket) = (order.id().to_owned(), ticket.clone());
            let key = format!("refund-{}", caller % 4);
            let call: Box<dyn FnOnce() -> Answer + Send> =
                Box::new(move || tourist.refund(&order, &[&ticket], &key));
            call
        })
        .collect();
    let answers = at_once(calls);
    let accepted: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.status == 202)
        .collect();
    assert!(!accepted.is_empty());
    assert!(
        accepted
            .iter()
            .all(|answer| answer.id() == accepted[0].id())
    );
    for refused in answers.iter().filter(|answer| answer.status != 202) {
        assert_eq!(
            (refused.status, refused.code()),
            (409, "refund.refused"),
            "{refused:?}"
        );
    }
    assert_eq!(stack.quota("morning", "palace").taken(), 0);
    stack.sweep();
}
