//! Sealing keys rotate while tickets are sold, and a rotation that was killed goes on.
//!
//! With a few thousand tickets; `PALACE_ROTATION_TICKETS=1000000` is the same on a year's scale.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use domain::id::{BodyDigest, OrderId, RequestKey};
use domain::identity::DocumentType;
use domain::ports::{OrderQueries as _, Sweep as _};
use domain::sealed::{DocumentHash, IdentityCipher};
use domain::testing::{Museum, phone, session};
use domain::use_cases::order_request::{
    OrderDraft, StatedPerson, VisitorDraft, Who, prepare_order,
};
use domain::use_cases::place_orders::{Placed, place_orders};
use gateways::document_cipher::AesIdentityCipher;
use persistence::test_support::TestDatabase;

use crate::keys::{KEY_ID, KEYS, NEW_KEY, TEST_HASH_KEY, TEST_KEY, ring};
use crate::office::{Answer, command};

/// How many tickets each stored order has.
const TICKETS: usize = 5;

/// Orders in one INSERT.
const ORDERS: usize = 100;

fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// Stores paid orders whose tickets are sealed by `cipher`; the first of them.
fn store_tickets(museum: &Museum, cipher: &AesIdentityCipher, tickets: usize) -> OrderId {
    let (account, person) = (museum.account(), museum.adult());
    let mut first = None;
    let mut hash = 0_u128;
    for chunk in 0..tickets.div_ceil(TICKETS * ORDERS) {
        let date = museum
            .day()
            .plus_days(30 + i64::try_from(chunk % 300).unwrap());
        let mut orders = Vec::with_capacity(ORDERS);
        for _ in 0..ORDERS {
            let order = museum.order(&account).on(date);
            let order = (0..TICKETS).fold(order, |order, _| order.visitor(&person));
            let mut order = order.build_paid();
            for ticket in &mut order.tickets {
                hash += 1;
                ticket.document_hash = Some(DocumentHash(hash.to_be_bytes()));
                let sealed = cipher.seal(ticket.id.uuid(), &person.name, &person.document);
                ticket.identity = Some(sealed.unwrap());
            }
            first.get_or_insert(order.id);
            orders.push(order);
        }
        museum.run(|stores| stores.orders().insert(&orders));
    }
    first.unwrap()
}

fn rotate(database: &TestDatabase) -> Command {
    let both = format!("test:{TEST_KEY},k2:{NEW_KEY}");
    let mut command = command(database.url());
    command
        .args(["keys", "rotate"])
        .env(KEYS, both)
        .env(KEY_ID, "k2")
        .env("PALACE__JOBS__LEASE_SECONDS", "10");
    command
}

/// Kills a rotation when it has said for the `lines`th time how far it is.
fn kill_after(mut rotation: Child, lines: usize) {
    let told = BufReader::new(rotation.stderr.take().unwrap()).lines();
    for line in told.take(lines) {
        say(&line.unwrap());
    }
    rotation.kill().unwrap();
    rotation.wait().unwrap();
}

/// Sells one ticket after the other and reads the first one of all, until told to stop; how many
/// were sold.
fn sell(
    museum: &Museum,
    database: &TestDatabase,
    both: &AesIdentityCipher,
    first: OrderId,
    stop: &AtomicBool,
) -> usize {
    let queries = database.queries();
    let mut sold = 0;
    while !stop.load(Ordering::SeqCst) {
        let (account, person) = (museum.account(), museum.adult());
        let draft = OrderDraft {
            account: account.id,
            date: museum.day(),
            session: session("morning"),
            phone: phone(),
            visitors: vec![VisitorDraft {
                who: Who::Stated(StatedPerson {
                    name: person.name.as_str().to_owned(),
                    document_type: DocumentType::IdCard,
                    document_number: person.document.number().to_owned(),
                    nationality: None,
                    birth_date: None,
                }),
                category: person.category_on(museum.day()),
                add_ons: [].into(),
            }],
            request_key: RequestKey::of_id(museum.next_id()),
            body_digest: BodyDigest([0; 32]),
            received_at: museum.now(),
        };
        let request = prepare_order(&queries, both, &museum.ids, draft).unwrap();
        let placed = place_orders(museum.unit_of_work(), &museum.rules, &[request]).unwrap();
        assert!(matches!(placed[..], [Placed::Created(_)]), "{placed:?}");
        let old = queries.order(first).unwrap().unwrap();
        for ticket in &old.tickets {
            let identity = ticket.identity.as_ref().unwrap();
            both.open(ticket.id.uuid(), identity).unwrap();
        }
        sold += 1;
    }
    sold
}

#[test]
fn a_rotation_is_killed_and_goes_on_while_tickets_are_sold() {
    let wanted = std::env::var("PALACE_ROTATION_TICKETS").ok();
    let (tickets, lines) = match wanted {
        Some(tickets) => (tickets.parse().unwrap(), 6),
        None => (3_000, 1),
    };
    let database = TestDatabase::create();
    let museum = Museum::on(Arc::new(database.unit_of_work()));
    museum.open(museum.day(), 40_000);
    let began = Instant::now();
    let old = ring("test", &[("test", TEST_KEY)], TEST_HASH_KEY);
    let first = store_tickets(&museum, &old, tickets);
    say(&format!(
        "{tickets} tickets were stored in {:?}",
        began.elapsed()
    ));

    let both = ring("k2", &[("test", TEST_KEY), ("k2", NEW_KEY)], TEST_HASH_KEY);
    let stop = AtomicBool::new(false);
    let (answer, sold) = thread::scope(|scope| {
        let selling = scope.spawn(|| sell(&museum, &database, &both, first, &stop));
        let killed = rotate(&database)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        kill_after(killed.unwrap(), lines);
        let began = Instant::now();
        let answer = Answer::from(rotate(&database).output().unwrap());
        say(&format!("the second run took {:?}", began.elapsed()));
        stop.store(true, Ordering::SeqCst);
        (answer, selling.join().unwrap())
    });
    say(&format!(
        "{sold} tickets were sold meanwhile\n{}{}",
        answer.err, answer.out
    ));
    let told = answer.done();
    assert!(told.contains("No row needs test"), "{told}");
    assert!(sold > 0);
    let new = ring("k2", &[("k2", NEW_KEY)], TEST_HASH_KEY);
    for ticket in &database.queries().order(first).unwrap().unwrap().tickets {
        let identity = ticket.identity.as_ref().unwrap();
        new.open(ticket.id.uuid(), identity).unwrap();
    }
    assert_eq!(database.queries().check_date(museum.day()).unwrap(), []);
}
