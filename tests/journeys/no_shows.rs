//! Somebody who does not come three times, and may not book for sixty days (section 7, V20).

use chrono::TimeDelta;
use domain::visit_date::VisitDate;
use journeys::{Stack, StackOptions, Tourist, Visitor};
use serde_json::{Value, json};

/// Opens the day three days ahead, and books and pays it.
fn book(stack: &Stack, tourist: &Tourist, visitor: &Visitor, key: &str) -> (VisitDate, String) {
    let day = VisitDate::containing(stack.clock().now()).plus_days(3);
    if day != stack.day() {
        stack.open(day, 100);
    }
    let order = tourist.order(day, &[visitor], key);
    assert_eq!(order.status, 201, "{order:?}");
    assert_eq!(stack.pay_in_wechat(&tourist.prepay(order.id())), 200);
    stack.until_paid(tourist, order.id());
    (day, order.id().to_owned())
}

/// Moves the clock to the evening of the day, when the job runs.
fn let_pass(stack: &Stack, day: VisitDate) -> String {
    let evening = day.start() + TimeDelta::hours(20) + TimeDelta::minutes(6);
    stack.advance(evening - stack.clock().now());
    stack.manage_well(&["jobs", "run", "record-no-shows"])
}

fn standing(tourist: &Tourist, visitor: &Visitor, day: VisitDate) -> Value {
    let form = visitor.form(day);
    let asked = json!({
        "document_type": form["document_type"], "document_number": form["document_number"],
    });
    tourist.post("/me/standing", &asked, None).body
}

#[test]
fn who_misses_three_days_is_banned_and_told_until_when() {
    let stack = Stack::start(&StackOptions::default());
    let visitor = Visitor::adult();
    let mut last = stack.day();
    for number in 1..=3_usize {
        // Tokens last two hours, days longer.
        let tourist = stack.tourist("absent");
        let (day, order) = book(&stack, &tourist, &visitor, &format!("visit-{number}"));
        let said = let_pass(&stack, day);
        assert!(said.contains("no-shows 1"), "{said}");
        let tourist = stack.tourist("absent");
        let order = tourist.read_order(&order);
        assert_eq!(order["tickets"][0]["state"], "expired");
        assert_eq!(standing(&tourist, &visitor, day)["no_shows"], number);
        last = day;
    }
    let said = stack.manage_well(&["jobs", "run", "record-no-shows"]);
    assert!(said.contains("no-shows 0"), "{said}");

    let until = last.plus_days(60).to_string();
    stack.advance(last.end() - stack.clock().now() + TimeDelta::minutes(1));
    let tourist = stack.tourist("absent");
    assert_eq!(
        standing(&tourist, &visitor, last)["ban_until"],
        until.as_str()
    );
    let day = last.plus_days(4);
    stack.open(day, 100);
    let refused = tourist.order(day, &[&visitor], "banned");
    assert_eq!((refused.status, refused.code()), (409, "order.refused"));
    assert_eq!(refused.detail_codes(), ["document.banned"]);
    assert_eq!(refused.body["details"][0]["until"], until.as_str());
    // The ban is the document's, not the account's.
    let other = stack.tourist("other").order(day, &[&visitor], "banned");
    assert_eq!(other.detail_codes(), ["document.banned"]);
    let friend = tourist.order(day, &[&Visitor::adult()], "friend");
    assert_eq!(friend.status, 201, "{friend:?}");

    forgive(&stack, last);
    assert_eq!(standing(&tourist, &visitor, last).get("ban_until"), None);
    stack.sweep();
}

/// Staff accept an appeal against the no-show of that day.
fn forgive(stack: &Stack, day: VisitDate) {
    let listed = stack.manage_well(&["no-shows", "list", "--date", &day.to_string()]);
    let row = listed.lines().nth(1).unwrap();
    let number = row.split_whitespace().next().unwrap();
    let said = stack.manage_well(&["no-shows", "waive", "--order-number", number]);
    assert!(
        said.contains("1 no-shows count no more, 1 bans are lifted"),
        "{said}"
    );
}

#[test]
fn a_refund_on_the_day_itself_is_a_no_show_that_has_to_be_accepted() {
    let stack = Stack::start(&StackOptions::default());
    let visitor = Visitor::adult();
    let (day, order) = book(&stack, &stack.tourist("late"), &visitor, "visit");
    stack.advance(day.start() - stack.clock().now() + TimeDelta::hours(9));
    let tourist = stack.tourist("late");
    let shown = tourist.read_order(&order);
    let ticket = shown["tickets"][0]["id"].as_str().unwrap();
    let path = format!("/orders/{order}/refunds");
    let unaware = tourist.refund(&order, &[ticket], "refund");
    assert_eq!(unaware.detail_codes(), ["refund.no_show_not_accepted"]);
    assert_eq!(unaware.body["details"][0]["count_after"], 1);
    let body = json!({"tickets": [ticket], "accepts_no_show": true});
    let aware = tourist.post(&path, &body, Some("refund"));
    assert_eq!(aware.status, 202, "{aware:?}");
    assert_eq!(standing(&tourist, &visitor, day)["no_shows"], 1);
    // The evening's job finds nobody whom it does not know of.
    assert!(let_pass(&stack, day).contains("no-shows 0"));
    stack.sweep();
}
