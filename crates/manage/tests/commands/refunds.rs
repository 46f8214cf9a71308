//! Refunds that the provider would not carry out.

use domain::id::{BodyDigest, RefundId, RequestKey};
use domain::ports::{RefundSubmission, SubmissionState};
use domain::refund::{Refund, RefundCause, RefundState};
use domain::testing::Museum;
use domain::visit_date::VisitDate;

use crate::office::{Office, now};

/// A refund of ¥40.00 that the provider refused once.
fn failed(museum: &Museum) -> RefundSubmission {
    let order = museum
        .order(&museum.account())
        .on(VisitDate::containing(now()).plus_days(3))
        .visitor(&museum.adult())
        .build_paid();
    let id = RefundId::new(museum.next_id());
    let refund = Refund {
        id,
        order: order.id,
        account: order.account,
        cause: RefundCause::Tourist,
        amount: order.paid,
        state: RefundState::Requested,
        request_key: RequestKey::of_id(id.uuid()),
        body_digest: BodyDigest([9; 32]),
        items: Vec::new(),
        requested_at: museum.now(),
        finished_at: None,
    };
    let mut submission = RefundSubmission {
        number: id.uuid().simple().to_string(),
        order: order.id,
        order_number: order.number.clone(),
        amount: order.paid,
        total: order.paid,
        state: SubmissionState::Pending,
        attempts: 0,
        created_at: museum.now(),
        next_attempt_at: museum.now(),
    };
    museum.run(|stores| {
        stores.orders().insert(std::slice::from_ref(&order))?;
        stores.refunds().insert(&refund)?;
        stores.refunds().submit(&submission, &[refund.id])
    });
    submission.state = SubmissionState::Failed;
    submission.attempts = 1;
    museum.run(|stores| stores.refunds().settle(&submission, museum.now()));
    submission
}

fn stored(museum: &Museum, number: &str) -> RefundSubmission {
    museum
        .run(|stores| stores.refunds().find_submission(number))
        .unwrap()
}

#[test]
fn a_failed_refund_is_listed_and_sent_again() {
    let office = Office::furnished();
    let told = office.manage("refunds list-failed").done();
    assert_eq!(told, "No refund has failed.\n");
    let museum = Museum::without_catalogue(office.unit_of_work());
    let [refused, other] = [failed(&museum), failed(&museum)];

    let told = office.manage("refunds list-failed").done();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    let row = [
        refused.number.as_str(),
        refused.order_number.as_str(),
        "¥40.00",
        "1",
        "times",
        "2026-11-25",
        "10:00",
    ];
    assert_eq!(lines[1].split_whitespace().collect::<Vec<_>>(), row);

    let before = now();
    let retry = format!("refunds retry {}", refused.number);
    let told = office.manage(&retry).done();
    assert!(told.contains("will be sent again"), "{told}");
    let reopened = stored(&museum, &refused.number);
    assert_eq!(reopened.state, SubmissionState::Pending);
    assert!(reopened.next_attempt_at >= before);
    assert_eq!(stored(&museum, &other.number), other, "the other is let be");
    let told = office.manage("refunds list-failed").done();
    assert_eq!(told.lines().count(), 2, "{told}");
}

#[test]
fn only_what_failed_is_sent_again() {
    let office = Office::furnished();
    let museum = Museum::without_catalogue(office.unit_of_work());
    let retry = format!("refunds retry {}", failed(&museum).number);
    office.manage(&retry).done();
    for words in [retry.as_str(), "refunds retry unknown"] {
        let told = office.manage(words).refused(1);
        assert!(told.contains("no failed refund has that number"), "{told}");
    }
    office.manage("refunds retry").refused(2);
}
