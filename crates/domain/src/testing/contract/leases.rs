//! The leases of jobs.

use super::Subject;
use super::scene::Scene;

/// Whether `holder` gets the lease of `job` at minute `now` until minute `until`.
fn take(scene: &Scene, job: &str, holder: &str, now: i64, until: i64) -> bool {
    let (now, until) = (scene.after(now), scene.after(until));
    scene.run(|stores| stores.leases().take(job, holder, now, until))
}

pub fn a_lease_keeps_others_out(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    assert!(take(&scene, "expire", "one", 0, 10));
    assert!(!take(&scene, "expire", "two", 0, 10));
    assert!(!take(&scene, "expire", "two", 9, 20));
}

pub fn its_holder_renews_it(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    assert!(take(&scene, "expire", "one", 0, 10));
    assert!(take(&scene, "expire", "one", 5, 15));
    assert!(take(&scene, "expire", "one", 5, 15), "the same again");
    assert!(!take(&scene, "expire", "two", 14, 24));
    assert!(take(&scene, "expire", "one", 20, 30), "after its end");
}

pub fn it_ends_when_it_says(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    assert!(take(&scene, "expire", "one", 0, 10));
    assert!(take(&scene, "expire", "two", 10, 20));
    assert!(!take(&scene, "expire", "one", 10, 20));
}

pub fn it_is_given_back(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    assert!(take(&scene, "expire", "one", 0, 10));
    scene.run(|stores| stores.leases().release("expire", "one"));
    assert!(take(&scene, "expire", "two", 1, 10));
}

pub fn only_its_holder_gives_it_back(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    assert!(take(&scene, "expire", "one", 0, 10));
    scene.run(|stores| stores.leases().release("expire", "two"));
    scene.run(|stores| stores.leases().release("unknown", "two"));
    assert!(!take(&scene, "expire", "two", 1, 10));
}

pub fn jobs_have_leases_of_their_own(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    assert!(take(&scene, "expire", "one", 0, 10));
    assert!(take(&scene, "refund", "two", 0, 10));
}
