//! Gates.

use crate::gate::{Gate, GateKeyHash, GateName};
use crate::id::GateId;
use crate::ports::{StoreError, UniqueKey};
use crate::testing::venue;

use super::Subject;
use super::scene::Scene;

fn gate(scene: &Scene, name: &str) -> Gate {
    Gate {
        id: GateId::new(scene.museum.next_id()),
        name: GateName::parse(name).unwrap(),
        venue: venue("palace"),
        key_hash: GateKeyHash([3; 32]),
        created_at: scene.now(),
        revoked_at: None,
    }
}

pub fn a_gate_is_found_as_it_was_added(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let gates = ["西门", "east", "午门-2"].map(|name| gate(&scene, name));
    for gate in &gates {
        scene.run(|stores| stores.gates().insert(gate));
        assert_eq!(scene.queries.gate(gate.id).unwrap().as_ref(), Some(gate));
    }
    let [west, east, south] = gates;
    assert_eq!(scene.queries.gates().unwrap(), [east, south, west]);
    let unknown = GateId::new(scene.museum.next_id());
    assert_eq!(scene.queries.gate(unknown).unwrap(), None);
}

pub fn a_name_is_taken_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let first = gate(&scene, "east");
    scene.run(|stores| stores.gates().insert(&first));
    scene.run(|stores| stores.gates().revoke(&first.name, scene.now()));
    let again = scene.attempt(|stores| stores.gates().insert(&gate(&scene, "east")));
    assert_eq!(again, Err(StoreError::Duplicate(UniqueKey::Other)));
    scene.run(|stores| stores.gates().insert(&gate(&scene, "East")));
}

pub fn a_gate_is_revoked_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (gone, stays) = (gate(&scene, "east"), gate(&scene, "west"));
    scene.run(|stores| stores.gates().insert(&gone));
    scene.run(|stores| stores.gates().insert(&stays));
    let revoke = |name: &GateName, minutes| {
        let at = scene.after(minutes);
        scene.run(|stores| stores.gates().revoke(name, at))
    };
    assert!(revoke(&gone.name, 1));
    assert!(!revoke(&gone.name, 2));
    assert!(!revoke(&GateName::parse("north").unwrap(), 2));
    let read = |gate: &Gate| scene.queries.gate(gate.id).unwrap().unwrap();
    assert_eq!(read(&gone).revoked_at, Some(scene.after(1)));
    assert_eq!(read(&stays), stays);
}
