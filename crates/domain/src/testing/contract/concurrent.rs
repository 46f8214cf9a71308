//! Two units that are open at once and know of each other.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use crate::id::OrderId;
use crate::order::Order;
use crate::ports::{StoreError, Stores};

use super::Subject;
use super::scene::{Scene, fen};

pub fn orders_that_are_locked_are_passed_over(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders = [scene.unpaid(), scene.unpaid()];
    scene.store(&orders);
    let ids = [orders[0].id, orders[1].id];
    let ((is_locked, wait_for_lock), (is_done, wait_for_end)) =
        (mpsc::channel(), mpsc::channel::<()>());
    thread::scope(|scope| {
        let holder = scope.spawn(|| {
            // Moved here, so that a holder that fails ends the other's waiting.
            let (is_locked, wait_for_end) = (is_locked, wait_for_end);
            scene.run(|stores| {
                stores.orders().lock(&ids[..1])?;
                is_locked.send(()).unwrap();
                // Ends when the other has said so, or is gone.
                let _ended = wait_for_end.recv();
                Ok(())
            });
        });
        wait_for_lock.recv().unwrap();
        let free = scene.attempt(|stores| stores.orders().lock_free(&ids));
        drop(is_done);
        holder.join().unwrap();
        assert_eq!(free, Ok(vec![orders[1].clone()]));
    });
    let free = scene.run(|stores| stores.orders().lock_free(&ids));
    assert_eq!(free, orders);
}

/// Two paid orders, and two threads that add to what is asked back of both, one beginning with
/// the first and one with the second: a deadlock. Answers how often they ran.
fn cross(
    scene: &Scene,
    add: impl Fn(&mut dyn Stores, OrderId) -> Result<(), StoreError> + Sync,
) -> ([Order; 2], usize) {
    let orders = [scene.paid(), scene.paid()];
    scene.store(&orders);
    let (both_hold_one, runs) = (Barrier::new(2), AtomicUsize::new(0));
    let run = |ids: [OrderId; 2]| {
        let mut first_run = true;
        scene.run(|stores| {
            runs.fetch_add(1, Ordering::SeqCst);
            add_one(stores, ids[0])?;
            if std::mem::take(&mut first_run) {
                both_hold_one.wait();
            }
            add(stores, ids[1])
        });
    };
    let ids = [orders[0].id, orders[1].id];
    thread::scope(|scope| {
        scope.spawn(|| run(ids));
        scope.spawn(|| run([ids[1], ids[0]]));
    });
    let orders = ids.map(|id| scene.found(id));
    (orders, runs.into_inner())
}

fn add_one(stores: &mut dyn Stores, id: OrderId) -> Result<(), StoreError> {
    let mut orders = stores.orders().lock(&[id])?;
    for order in &mut orders {
        order.refunded = order.refunded.checked_add(fen(1)).unwrap();
    }
    stores.orders().save(&orders)
}

/// Each unit added 1 to both orders, once.
fn assert_each_added_once(orders: &[Order; 2]) {
    assert_eq!(orders.each_ref().map(|order| order.refunded), [fen(2); 2]);
}

pub fn a_deadlock_is_run_again(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (orders, runs) = cross(&scene, add_one);
    assert!(runs > 2, "there was no deadlock");
    assert_each_added_once(&orders);
}

pub fn a_swallowed_deadlock_is_not_committed(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (orders, runs) = cross(&scene, |stores, id| {
        let _swallowed = add_one(stores, id);
        Ok(())
    });
    assert!(runs > 2, "there was no deadlock");
    assert_each_added_once(&orders);
}
