use std::collections::BTreeSet;

use domain::category::Category;
use domain::id::{BodyDigest, RequestKey, SavedVisitorId};
use domain::testing::{MemoryStore, Museum, session};
use domain::use_cases::order_request::{VisitorDraft, Who};

use super::*;

fn lookout(museum: &Museum, store: &Arc<MemoryStore>) -> Lookout {
    let queries: Arc<dyn Queries> = Arc::<MemoryStore>::clone(store);
    Lookout {
        queries,
        clock: Arc::new(museum.clock.clone()),
        rules: museum.rules.clone(),
    }
}

/// A museum whose day is sold out, and an order for one place of it.
fn sold_out() -> (Museum, Arc<MemoryStore>, OrderDraft) {
    let (museum, store) = Museum::in_memory();
    museum.open(museum.day(), 0);
    let account = museum.account();
    let visitor = VisitorDraft {
        who: Who::Saved(SavedVisitorId::new(museum.next_id())),
        category: Category::Standard,
        add_ons: BTreeSet::new(),
    };
    let draft = OrderDraft {
        account: account.id,
        date: museum.day(),
        session: session("morning"),
        phone: account.phone.unwrap(),
        visitors: vec![visitor],
        request_key: RequestKey([1; 32]),
        body_digest: BodyDigest([1; 32]),
        received_at: museum.now(),
    };
    (museum, store, draft)
}

/// What was seen that long ago, and the way to publish something newer.
fn seen(lookout: &Lookout, ago: Duration) -> (SaleWatch, watch::Sender<Arc<Seen>>) {
    let mut seen = lookout.look(None).unwrap();
    seen.begun = Instant::now().checked_sub(ago).unwrap();
    let (publish, latest) = watch::channel(Arc::new(seen));
    let rules = lookout.rules.clone();
    (SaleWatch { latest, rules }, publish)
}

#[test]
fn an_order_is_refused_only_by_what_was_so_a_moment_ago() {
    let (museum, store, draft) = sold_out();
    let (watch, _publish) = seen(&lookout(&museum, &store), Duration::ZERO);
    let begun = watch.latest.borrow().begun;
    let refused_at = |instant| {
        let refused = watch.refuse(instant, |snapshot| snapshot.refusal(&draft, &museum.rules));
        refused.err().map(|error| error.code().code)
    };
    assert_eq!(refused_at(begun), Some("order.refused"));
    assert_eq!(refused_at(begun + REFUSES_FOR), Some("order.refused"));
    let too_late = begun + REFUSES_FOR + Duration::from_nanos(1);
    assert_eq!(refused_at(too_late), None, "the desk decides");
}

#[actix_web::test]
async fn readers_of_what_is_too_old_wait_for_what_is_newer() {
    let (museum, store, _) = sold_out();
    let lookout = lookout(&museum, &store);
    let (watch, publish) = seen(&lookout, SHOWN_FOR * 2);
    let newer = Arc::new(lookout.look(None).unwrap());
    let expected = Arc::clone(&newer);
    let (shown, ()) = tokio::join!(watch.latest(), async { drop(publish.send_replace(newer)) });
    assert!(Arc::ptr_eq(&shown.unwrap(), &expected));
}

#[actix_web::test]
async fn readers_are_asked_to_come_again_where_nothing_is_known() {
    let (museum, store, _) = sold_out();
    let (watch, publish) = seen(&lookout(&museum, &store), SHOWN_FOR * 2);
    drop(publish);
    let error = watch.latest().await.map(drop).unwrap_err();
    assert_eq!(error.code().code, "overloaded");
}

#[actix_web::test]
async fn what_cannot_be_read_stays_as_it_was_and_is_read_as_soon_as_it_can_be() {
    let (museum, store, _) = sold_out();
    let (watch, _thread) = SaleWatch::start(lookout(&museum, &store)).unwrap();
    let before = watch.latest().await.unwrap();
    let known = before
        .pages()
        .ticket_types(museum.day(), Default::default());
    assert!(known.is_some());
    assert!(watch.looked_again(Duration::from_secs(20)).await);
    let after = watch.latest().await.unwrap();
    assert!(!Arc::ptr_eq(&before, &after));
}
