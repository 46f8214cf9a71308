//! Revoked tokens.

use super::Subject;
use super::scene::Scene;

pub fn a_token_is_revoked_until_it_expires(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let expires_at = scene.after(120);
    scene.run(|stores| stores.revocations().revoke("token-1", expires_at));
    let revoked = |minutes| scene.queries.revoked_tokens(scene.after(minutes)).unwrap();
    assert_eq!(revoked(0), ["token-1"]);
    assert_eq!(revoked(120), ["token-1"]);
    assert!(revoked(121).is_empty());
}

pub fn revoking_again_does_nothing(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let expires_at = scene.after(120);
    for _ in 0..2 {
        scene.run(|stores| stores.revocations().revoke("token-1", expires_at));
    }
    let revoked = scene.queries.revoked_tokens(scene.now()).unwrap();
    assert_eq!(revoked, ["token-1"]);
}

pub fn expired_ones_are_forgotten(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    scene.run(|stores| {
        let revocations = stores.revocations();
        revocations.revoke("first", scene.after(1))?;
        revocations.revoke("second", scene.after(2))?;
        revocations.revoke("third", scene.after(3))
    });
    let forget = |minutes| {
        let now = scene.after(minutes);
        scene.run(|stores| stores.revocations().forget_expired(now))
    };
    assert_eq!(forget(2), 1);
    assert_eq!(forget(2), 0);
    let mut left = scene.queries.revoked_tokens(scene.now()).unwrap();
    left.sort();
    assert_eq!(left, ["second", "third"]);
}
