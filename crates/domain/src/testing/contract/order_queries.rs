//! Read models of orders and refunds.

use crate::account::Account;
use crate::id::OrderId;
use crate::order::{CancelCause, Order};
use crate::ports::{OrderCursor, OrderTab, SubmissionState};
use crate::refund::{Refund, RefundState};

use super::Subject;
use super::scene::Scene;

/// Paid orders of one account, in the order in which they were placed.
fn placed(scene: &Scene, account: &Account, count: usize) -> Vec<Order> {
    let order = || scene.museum.order(account).visitor(&scene.museum.adult());
    let orders: Vec<Order> = (0..count).map(|_| order().build_paid()).collect();
    scene.store(&orders);
    orders
}

fn page(scene: &Scene, account: &Account, tab: OrderTab) -> Vec<OrderId> {
    let orders = scene.queries.orders(account.id, tab, None, 100).unwrap();
    orders.iter().map(|order| order.id).collect()
}

pub fn the_newest_come_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (account, other) = (scene.museum.account(), scene.museum.account());
    let mut orders = placed(&scene, &account, 3);
    placed(&scene, &other, 1);
    orders.reverse();
    let page = scene.queries.orders(account.id, OrderTab::All, None, 100);
    assert_eq!(page, Ok(orders));
}

pub fn pages_follow_each_other(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let account = scene.museum.account();
    let mut orders = placed(&scene, &account, 5);
    orders.reverse();
    let page = |cursor, limit| {
        let (all, cursor) = (OrderTab::All, Option::map(cursor, OrderCursor));
        scene.queries.orders(account.id, all, cursor, limit)
    };
    assert_eq!(page(None, 2), Ok(orders[..2].to_vec()));
    assert_eq!(page(Some(orders[1].id), 2), Ok(orders[2..4].to_vec()));
    assert_eq!(page(Some(orders[3].id), 2), Ok(orders[4..].to_vec()));
    assert_eq!(page(Some(orders[4].id), 2), Ok(vec![]));
}

pub fn tabs_show_their_states(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let account = scene.museum.account();
    let paid = placed(&scene, &account, 2);
    let (unused, refunded) = (paid[0].id, &paid[1]);
    let order = || scene.museum.order(&account).visitor(&scene.museum.adult());
    let ended = |end: fn(&mut Order)| {
        let order = order().build();
        scene.store(std::slice::from_ref(&order));
        scene.change(order.id, end);
        order.id
    };
    let cancelled = ended(|order| drop(order.cancel(CancelCause::Expired).unwrap()));
    let closed = ended(|order| drop(order.close_unpaid().unwrap()));
    let unpaid = order().build();
    scene.store(std::slice::from_ref(&unpaid));
    scene.change(refunded.id, |order| {
        let plan = crate::refund::plan_everything(order).unwrap();
        order.apply_refund(&plan).unwrap();
    });
    scene.run(|stores| stores.refunds().insert(&scene.refund_of(refunded)));

    let all = [unpaid.id, closed, cancelled, refunded.id, unused];
    assert_eq!(page(&scene, &account, OrderTab::All), all);
    assert_eq!(page(&scene, &account, OrderTab::Unpaid), [unpaid.id]);
    assert_eq!(page(&scene, &account, OrderTab::Unused), [unused]);
    let after_sales = [closed, cancelled, refunded.id];
    assert_eq!(page(&scene, &account, OrderTab::AfterSales), after_sales);

    // With one of two tickets refunded the order is unused and after-sales at once.
    let in_part = scene.museum.order(&account);
    let in_part = in_part.visitor(&scene.museum.adult());
    let in_part = in_part.visitor(&scene.museum.adult()).build_paid();
    scene.store(std::slice::from_ref(&in_part));
    scene.run(|stores| stores.refunds().insert(&scene.refund_of(&in_part)));
    assert_eq!(
        page(&scene, &account, OrderTab::Unused),
        [in_part.id, unused]
    );
    let after_sales = page(&scene, &account, OrderTab::AfterSales);
    assert_eq!(after_sales, [in_part.id, closed, cancelled, refunded.id]);
}

pub fn an_order_is_read_whosever(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, absent) = (scene.paid(), scene.unpaid());
    scene.store(std::slice::from_ref(&order));
    assert_eq!(scene.queries.order(order.id), Ok(Some(order)));
    assert_eq!(scene.queries.order(absent.id), Ok(None));
}

pub fn refunds_are_read(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    let (refund, absent) = (scene.refund_of(&order), scene.refund_of(&order));
    scene.run(|stores| stores.refunds().insert(&refund));
    assert_eq!(scene.queries.refund(refund.id), Ok(Some(refund)));
    assert_eq!(scene.queries.refund(absent.id), Ok(None));
}

pub fn only_what_succeeded_is_refunded(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [order, other] = [scene.paid(), scene.paid()];
    scene.store(&[order.clone(), other.clone()]);
    let first = Refund {
        state: RefundState::Succeeded,
        finished_at: Some(scene.now()),
        ..scene.refund_of(&order)
    };
    let (second, open) = (scene.refund_of(&order), scene.refund_of(&other));
    scene.run(|stores| {
        let refunds = stores.refunds();
        [&first, &second, &open]
            .into_iter()
            .try_for_each(|refund| refunds.insert(refund))
    });
    let ids = [order.id, other.id];
    let amount = first.amount.amount();
    assert_eq!(scene.queries.refunded(&ids), Ok(vec![(order.id, amount)]));
    let mut submission = scene.submission(&order, &second);
    scene.run(|stores| stores.refunds().submit(&submission, &[second.id]));
    submission.state = SubmissionState::Succeeded;
    scene.run(|stores| stores.refunds().settle(&submission, scene.now()));
    let both = amount + second.amount.amount();
    assert_eq!(scene.queries.refunded(&ids), Ok(vec![(order.id, both)]));
    assert_eq!(scene.queries.refunded(&[other.id]), Ok(vec![]));
}
