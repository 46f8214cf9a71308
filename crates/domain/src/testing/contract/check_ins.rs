//! Check-ins that admitted somebody.

use crate::check_in::{CheckIn, Verdict};
use crate::id::{BodyDigest, RequestKey};
use crate::order::Order;
use crate::ports::{StoreError, UniqueKey};
use crate::testing::venue;

use super::Subject;
use super::scene::Scene;

const DUPLICATE: Result<(), StoreError> = Err(StoreError::Duplicate(UniqueKey::Other));

/// The first ticket of the order is admitted, the second one is not.
fn check_in(scene: &Scene, order: &Order, code: &str) -> CheckIn {
    let verdicts = [Verdict::Admitted, Verdict::CertificateNeeded];
    let tickets = order.tickets.iter().map(|ticket| ticket.id);
    CheckIn {
        request_key: RequestKey::of_id(scene.museum.next_id()),
        body_digest: BodyDigest([4; 32]),
        order: order.id,
        gate: "east".to_owned(),
        venue: venue(code),
        at: scene.now(),
        verdicts: tickets.zip(verdicts).collect(),
    }
}

fn insert(scene: &Scene, check_in: &CheckIn) -> Result<(), StoreError> {
    scene.attempt(|stores| stores.check_ins().insert(check_in))
}

pub fn a_check_in_comes_whole(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    let mut known = check_in(&scene, &order, "palace");
    // The order of the answer, whatever that of the ids.
    known.verdicts.reverse();
    assert_eq!(insert(&scene, &known), Ok(()));
    scene.run(|stores| {
        let found = stores.check_ins().find(&known.request_key)?;
        assert_eq!(found.as_ref(), Some(&known));
        let unknown = RequestKey::of_id(scene.museum.next_id());
        assert_eq!(stores.check_ins().find(&unknown)?, None);
        Ok(())
    });
}

pub fn a_request_key_is_taken_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, other) = (scene.paid(), scene.paid());
    scene.store(&[order.clone(), other.clone()]);
    let first = check_in(&scene, &order, "palace");
    assert_eq!(insert(&scene, &first), Ok(()));
    let mut second = check_in(&scene, &other, "palace");
    second.request_key = first.request_key;
    assert_eq!(insert(&scene, &second), DUPLICATE);
}

pub fn a_ticket_is_admitted_to_a_venue_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    let main_gate = check_in(&scene, &order, "palace");
    assert_eq!(insert(&scene, &main_gate), Ok(()));
    assert_eq!(
        insert(&scene, &check_in(&scene, &order, "palace")),
        DUPLICATE
    );
    let gallery = check_in(&scene, &order, "treasure_gallery");
    assert_eq!(insert(&scene, &gallery), Ok(()), "another venue");
    let mut other = check_in(&scene, &order, "palace");
    other.verdicts.reverse();
    for (_, verdict) in &mut other.verdicts {
        *verdict = match *verdict {
            Verdict::Admitted => Verdict::AlreadyUsed,
            _ => Verdict::Admitted,
        };
    }
    assert_eq!(insert(&scene, &other), Ok(()), "the other ticket");
}
