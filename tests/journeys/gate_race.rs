//! A refund and the gate reach for the same ticket at the same instant.

use std::sync::{Arc, Barrier};
use std::thread;

use domain::id::{OrderId, TicketId};
use domain::use_cases::check_in::check_in;
use domain::venue::VenueCode;
use journeys::{Stack, StackOptions, Visitor};

#[test]
fn of_a_refund_and_an_admission_exactly_one_wins() {
    let stack = Stack::start(&StackOptions::default());
    let palace = VenueCode::parse("palace").unwrap();
    for round in 0..16 {
        let tourist = stack.tourist(&format!("visitor-{round}"));
        let order = tourist.order(stack.day(), &[&Visitor::adult()], "order");
        assert_eq!(stack.pay_in_wechat(&tourist.prepay(order.id())), 200);
        stack.until_paid(&tourist, order.id());
        let order_id = OrderId::parse(order.id()).unwrap();
        let ticket = order.body["tickets"][0]["id"].as_str().unwrap().to_owned();
        let ticket_id = TicketId::parse(&ticket).unwrap();

        let barrier = Arc::new(Barrier::new(2));
        let gate = {
            let (unit_of_work, palace) = (stack.unit_of_work(), palace.clone());
            let (barrier, now) = (Arc::clone(&barrier), stack.clock().now());
            thread::spawn(move || {
                barrier.wait();
                check_in(&*unit_of_work, order_id, ticket_id, &palace, "east", now).is_ok()
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
