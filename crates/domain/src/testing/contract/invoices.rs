//! Invoices.

use crate::id::InvoiceId;
use crate::invoice::{Invoice, InvoiceNumber, InvoiceState, Rejection, RejectionReason};
use crate::order::Order;
use crate::ports::{ListedInvoice, StoreError, UniqueKey};
use crate::sealed::Sealed;

use super::Subject;
use super::scene::{Scene, fen};

const DUPLICATE: StoreError = StoreError::Duplicate(UniqueKey::Other);

/// A paid order that is stored.
fn stored(scene: &Scene) -> Order {
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    order
}

/// An invoice of an order, asked for `minutes` from now.
pub(super) fn requested(scene: &Scene, order: &Order, minutes: i64) -> Invoice {
    let id = InvoiceId::new(scene.museum.next_id());
    let details = Sealed {
        key_id: "plain".to_owned(),
        bytes: vec![0, 255, 7],
    };
    Invoice::request(id, order, details, scene.after(minutes)).unwrap()
}

pub(super) fn insert(scene: &Scene, invoice: &Invoice) -> Result<(), StoreError> {
    scene.attempt(|stores| {
        stores.orders().lock(&[invoice.order])?;
        stores.invoices().insert(invoice)
    })
}

fn save(scene: &Scene, invoice: &Invoice) -> Result<(), StoreError> {
    scene.attempt(|stores| {
        stores.orders().lock(&[invoice.order])?;
        stores.invoices().save(invoice)
    })
}

fn live(scene: &Scene, order: &Order) -> Option<Invoice> {
    scene.run(|stores| stores.invoices().live_of(order.id))
}

fn number(last: u8) -> InvoiceNumber {
    InvoiceNumber::parse(&format!("2495200000012345678{last}")).unwrap()
}

fn rejected(scene: &Scene, invoice: &Invoice, rejection: Rejection) -> Invoice {
    let mut rejected = invoice.clone();
    rejected.reject(rejection, scene.after(30)).unwrap();
    assert_eq!(save(scene, &rejected), Ok(()));
    rejected
}

pub fn an_invoice_comes_whole(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [order, other] = [stored(&scene), stored(&scene)];
    let invoice = requested(&scene, &order, 0);
    assert_eq!(insert(&scene, &invoice), Ok(()));
    assert_eq!(live(&scene, &order), Some(invoice.clone()));
    assert_eq!(live(&scene, &other), None);
    assert_eq!(scene.queries.invoice_of(order.id), Ok(Some(invoice)));
    assert_eq!(scene.queries.invoice_of(other.id), Ok(None));
}

pub fn an_order_has_one_live_invoice(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let mut first = requested(&scene, &order, 0);
    assert_eq!(insert(&scene, &first), Ok(()));
    let second = requested(&scene, &order, 1);
    assert_eq!(insert(&scene, &second), Err(DUPLICATE));
    first.issue(number(1), scene.after(2)).unwrap();
    assert_eq!(save(&scene, &first), Ok(()));
    assert_eq!(insert(&scene, &second), Err(DUPLICATE));
    first.follow_refund(fen(1), scene.after(3));
    assert_eq!(first.state, InvoiceState::ReversalNeeded);
    assert_eq!(save(&scene, &first), Ok(()));
    assert_eq!(insert(&scene, &second), Err(DUPLICATE));
    assert_eq!(live(&scene, &order), Some(first));
}

pub fn a_closed_invoice_makes_room_for_another(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let first = requested(&scene, &order, 0);
    assert_eq!(insert(&scene, &first), Ok(()));
    let first = rejected(&scene, &first, Rejection::AllRefunded);
    assert_eq!(live(&scene, &order), None);
    assert_eq!(scene.queries.invoice_of(order.id), Ok(Some(first)));
    let mut second = requested(&scene, &order, 40);
    assert_eq!(insert(&scene, &second), Ok(()));
    second.issue(number(1), scene.after(50)).unwrap();
    second.follow_refund(fen(1), scene.after(60));
    second.reverse(scene.after(70)).unwrap();
    assert_eq!(save(&scene, &second), Ok(()));
    assert_eq!(live(&scene, &order), None);
    assert_eq!(scene.queries.invoice_of(order.id), Ok(Some(second)));
    let third = requested(&scene, &order, 80);
    assert_eq!(insert(&scene, &third), Ok(()));
    assert_eq!(scene.queries.invoice_of(order.id), Ok(Some(third)));
}

pub fn what_is_saved_is_read(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let mut invoice = requested(&scene, &order, 0);
    assert_eq!(insert(&scene, &invoice), Ok(()));
    invoice.follow_refund(fen(4000), scene.after(1));
    assert_eq!(save(&scene, &invoice), Ok(()));
    assert_eq!(live(&scene, &order), Some(invoice.clone()));
    invoice.issue(number(1), scene.after(2)).unwrap();
    assert_eq!(save(&scene, &invoice), Ok(()));
    assert_eq!(live(&scene, &order), Some(invoice));
    let other = stored(&scene);
    let refused = requested(&scene, &other, 0);
    assert_eq!(insert(&scene, &refused), Ok(()));
    let reason = RejectionReason::parse("税号有误，请核对").unwrap();
    let refused = rejected(&scene, &refused, Rejection::Staff(reason));
    assert_eq!(scene.queries.invoice_of(other.id), Ok(Some(refused)));
}

pub fn nothing_else_is_saved(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let invoice = requested(&scene, &order, 0);
    assert_eq!(insert(&scene, &invoice), Ok(()));
    let changed = Invoice {
        account: scene.museum.account().id,
        details: None,
        requested_at: scene.after(9),
        ..invoice.clone()
    };
    assert_eq!(save(&scene, &changed), Ok(()));
    assert_eq!(live(&scene, &order), Some(invoice));
}

pub fn a_number_is_taken_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders = [stored(&scene), stored(&scene)];
    let mut invoices = orders.map(|order| requested(&scene, &order, 0));
    for invoice in &mut invoices {
        assert_eq!(insert(&scene, invoice), Ok(()));
        invoice.issue(number(1), scene.after(1)).unwrap();
    }
    assert_eq!(save(&scene, &invoices[0]), Ok(()));
    assert_eq!(save(&scene, &invoices[0]), Ok(()), "it is its own");
    assert_eq!(save(&scene, &invoices[1]), Err(DUPLICATE));
}

pub fn the_longest_waiting_invoices_are_listed_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders = [stored(&scene), stored(&scene), stored(&scene)];
    let invoices = [(0, 20), (1, 10), (2, 30)]
        .map(|(order, minutes): (usize, i64)| requested(&scene, &orders[order], minutes));
    for invoice in &invoices {
        assert_eq!(insert(&scene, invoice), Ok(()));
    }
    let refused = rejected(&scene, &invoices[2], Rejection::AllRefunded);
    let listed = |order: &Order, invoice: &Invoice| ListedInvoice {
        order_number: order.number.clone(),
        invoice: invoice.clone(),
    };
    let all = [
        listed(&orders[1], &invoices[1]),
        listed(&orders[0], &invoices[0]),
        listed(&orders[2], &refused),
    ];
    let list = |state, limit| scene.queries.invoices(state, limit).unwrap();
    assert_eq!(list(None, 10), all);
    assert_eq!(list(None, 1), all[..1]);
    assert_eq!(list(Some(InvoiceState::Requested), 10), all[..2]);
    assert_eq!(list(Some(InvoiceState::Rejected), 10), all[2..]);
    assert_eq!(list(Some(InvoiceState::Issued), 10), []);
}
