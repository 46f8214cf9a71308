//! The main journey: sign in, look, order, pay, show, refund.

use journeys::{Stack, StackOptions, Tourist, Visitor};
use serde_json::json;

#[test]
fn a_tourist_buys_two_tickets_and_gives_one_back() {
    let stack = Stack::start(&StackOptions::default());
    let tourist = stack.tourist("visitor-1");
    let calendar = tourist.get("/calendar");
    let days = calendar.body["days"].as_array().unwrap();
    assert_eq!(days.len(), 15);
    let day = stack.day().to_string();
    let open = days
        .iter()
        .find(|listed| listed["date"] == day.as_str())
        .unwrap();
    assert_eq!(
        (&open["state"], &open["sessions"][0]["state"]),
        (&json!("open"), &json!("available"))
    );
    assert!(
        days.iter()
            .filter(|listed| listed["date"] != day.as_str())
            .all(|day| day["state"] == "closed")
    );

    let one = Visitor::adult().with(&["treasure_gallery"]);
    let two = Visitor::born("1950-01-01");
    let order = tourist.order(stack.day(), &[&one, &two], "my-order");
    assert_eq!(order.status, 201, "{order:?}");
    assert_eq!(order.body["state"], "unpaid");
    let masked = order.body["tickets"][0]["document_masked"]
        .as_str()
        .unwrap();
    assert!(
        masked.starts_with("110") && masked.contains('*'),
        "{masked}"
    );

    assert_eq!(stack.pay_in_wechat(&tourist.prepay(order.id())), 200);
    let paid = stack.until_paid(&tourist, order.id());
    assert_eq!(paid["paid_fen"], order.body["total_fen"]);

    let tickets = paid["tickets"].as_array().unwrap();
    let ids: Vec<&str> = tickets
        .iter()
        .map(|ticket| ticket["id"].as_str().unwrap())
        .collect();
    let path = format!("/orders/{}/tickets/{}/code", order.id(), ids[0]);
    let code = tourist.get(&path);
    assert_eq!(code.status, 200, "{code:?}");
    assert!(
        code.body["code"]
            .as_str()
            .is_some_and(|code| code.len() > 40)
    );

    let preview_path = format!("/orders/{}/refund-preview", order.id());
    let selection = json!({"tickets": [ids[0]], "add_ons": []});
    let preview = tourist.post(&preview_path, &selection, None);
    assert_eq!(preview.body["amount_fen"], 5000, "{preview:?}");
    assert_eq!(
        (&preview.body["allowed"], &preview.body["no_show"]),
        (&json!(true), &json!(false))
    );
    let refund = tourist.refund(order.id(), &[ids[0]], "my-refund");
    assert_eq!(
        (refund.status, &refund.body["amount_fen"]),
        (202, &json!(5000))
    );
    assert_eq!(stack.quota("morning", "palace").taken(), 1);
    assert_eq!(stack.quota("morning", "treasure_gallery").taken(), 0);
    stack.finish_refunds();
    assert_eq!(
        tourist.get(&format!("/refunds/{}", refund.id())).body["state"],
        "succeeded"
    );
    let ledger = stack.provider_ledger();
    assert_eq!(ledger["refunds"][0]["amount_fen"], 5000);
    let read = tourist.read_order(order.id());
    assert_eq!(
        (&read["state"], &read["refunded_fen"]),
        (&json!("paid"), &json!(5000))
    );
    assert_eq!(
        tourist.get(&path).status,
        409,
        "a refunded ticket shows no code"
    );
    stack.sweep();
    stack.reconcile();
}

#[test]
fn nobody_sees_or_touches_anothers_order() {
    let stack = Stack::start(&StackOptions::default());
    let (owner, stranger) = (stack.tourist("owner"), stack.tourist("stranger"));
    let order = owner.order(stack.day(), &[&Visitor::adult()], "mine");
    let id = order.id();
    let ticket = order.body["tickets"][0]["id"].as_str().unwrap();
    let not_found = |answer: journeys::Answer| {
        assert_eq!(
            (answer.status, answer.code()),
            (404, "not_found"),
            "{answer:?}"
        );
    };
    not_found(stranger.get(&format!("/orders/{id}")));
    not_found(stranger.get(&format!("/orders/{id}/tickets/{ticket}/code")));
    not_found(stranger.post(&format!("/orders/{id}/payments"), &json!({}), None));
    not_found(stranger.post(&format!("/orders/{id}/cancel"), &json!({}), None));
    not_found(stranger.refund(id, &[ticket], "theirs"));
    assert_eq!(stranger.get("/orders").body["items"], json!([]));
    assert_eq!(owner.read_order(id)["state"], "unpaid");
}

#[test]
fn logging_out_ends_the_token() {
    let stack = Stack::start(&StackOptions {
        capacity: 10,
        processes: 2,
    });
    let tourist = stack.tourist("leaver");
    let elsewhere = tourist.at(&stack.address(1));
    assert_eq!(elsewhere.get("/me").status, 200);
    let left = tourist
        .call(reqwest::Method::DELETE, "/sessions/current", None, None)
        .unwrap();
    assert_eq!(left.status, 204);
    assert_eq!(tourist.get("/me").code(), "auth.required");
    // The other process hears of it within a second.
    journeys::until(|| (elsewhere.get("/me").status == 401).then_some(()));
    let _: Tourist = stack.tourist("leaver");
}
