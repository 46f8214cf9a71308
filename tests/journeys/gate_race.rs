//! A refund and the gate reach for the same ticket at the same instant.

use std::sync::{Arc, Barrier};
use std::thread;

use chrono::TimeDelta;
use domain::check_in::Verdict;
use domain::id::{BodyDigest, RequestKey, TicketId};
use domain::rules::Rules;
use domain::use_cases::check_in::{CheckInRequest, Shown, check_in};
use domain::venue::VenueCode;
use journeys::{Stack, StackOptions, Visitor};

#[test]
fn of_a_refund_and_an_admission_exactly_one_wins() {
    let stack = Stack::start(&StackOptions::default());
    let palace = VenueCode::parse("palace").unwrap();
    for round in 0..16_u8 {
        let tourist = stack.tourist(&format!("visitor-{round}"));
        let order = tourist.order(stack.day(), &[&Visitor::adult()], "order");
        assert_eq!(stack.pay_in_wechat(&tourist.prepay(order.id())), 200);
        stack.until_paid(&tourist, order.id());
        let ticket = order.body["tickets"][0]["id"].as_str().unwrap().to_owned();
        let ticket_id = TicketId::parse(&ticket).unwrap();

        let barrier = Arc::new(Barrier::new(2));
        let gate = {
            let (unit_of_work, barrier) = (stack.unit_of_work(), Arc::clone(&barrier));
            let request = CheckInRequest {
                shown: Shown::Ticket(ticket_id),
                gate: "east".to_owned(),
                venue: palace.clone(),
                certificate_checked: false,
                request_key: RequestKey([round; 32]),
                body_digest: BodyDigest([0; 32]),
                received_at: stack.day().start() + TimeDelta::hours(9),
            };
            thread::spawn(move || {
                barrier.wait();
                let answer = check_in(&*unit_of_work, &Rules::default(), &request).unwrap();
                answer[0].verdict == Verdict::Admitted
            })
        };
        barrier.wait();
        let refund = tourist.refund(order.id(), &[&ticket], "refund");
        let admitted = gate.join().unwrap();
        assert_ne!(admitted, refund.status == 202, "{refund:?}");
        let state = &tourist.read_order(order.id())["tickets"][0]["state"];
        assert_eq!(state, if admitted { "used" } else { "refunded" });
    }
    stack.sweep();
}
