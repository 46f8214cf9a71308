//! `kill -9` in the middle of everything: what was answered stays true (seeded, repeatable).
//!
//! `PALACE_KILL_SEED=7 cargo xtask test -p journeys kill` runs it with another seed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use chrono::TimeDelta;
use journeys::{Answer, Stack, StackOptions, Tourist, Visitor};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};

const CALLERS: usize = 96;
const IN_FLIGHT_AT_KILL: usize = 64;
const KILLS: usize = 20;
const ORDERS: usize = 2000;

/// What the callers have been told, to be held against the truth afterwards.
#[derive(Default)]
struct Told {
    orders: Vec<ToldOrder>,
}

struct ToldOrder {
    tourist: Tourist,
    id: String,
    key: String,
    form: Value,
    paid: bool,
    cancelled: bool,
    refund: Option<ToldRefund>,
}

struct ToldRefund {
    id: String,
    key: String,
    ticket: String,
    amount: Value,
}

struct Run {
    stack: Stack,
    in_flight: AtomicUsize,
    answered: AtomicUsize,
    begun: AtomicUsize,
    killed: AtomicUsize,
    over: AtomicBool,
    /// Wakes the killer at each call that begins or ends.
    progress: Condvar,
    progress_lock: Mutex<()>,
    /// Whether the service is up; callers whose connection broke wait for it.
    up: Mutex<bool>,
    came_up: Condvar,
}

/// Ends the run for everybody when its holder panics: those that are left would wait for kills
/// that need more of them, and never come.
struct Fuse<'a>(&'a Run);

impl Drop for Fuse<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.over.store(true, Ordering::SeqCst);
            self.0.set_up(true);
        }
    }
}

impl Run {
    fn until_up(&self) {
        let mut up = self.up.lock().unwrap_or_else(PoisonError::into_inner);
        while !*up {
            up = self
                .came_up
                .wait(up)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until `reached`, asked again whenever a call begins or ends.
    fn until_progress(&self, reached: impl Fn() -> bool) {
        let mut guard = self
            .progress_lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while !reached() {
            // The callers notify without the lock, so one wake-up may be missed; many follow.
            let patience = std::time::Duration::from_millis(50);
            let woken = self.progress.wait_timeout(guard, patience);
            guard = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn set_up(&self, up: bool) {
        *self.up.lock().unwrap_or_else(PoisonError::into_inner) = up;
        self.came_up.notify_all();
    }

    /// Repeats a call, unchanged, until it is answered.
    fn insist(
        &self,
        tourist: &Tourist,
        method: &Method,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Answer {
        loop {
            assert!(!self.over.load(Ordering::SeqCst), "somebody else failed");
            self.until_up();
            self.in_flight.fetch_add(1, Ordering::SeqCst);
            self.progress.notify_all();
            let body = (*method == Method::POST).then_some(body);
            let answer = tourist.call(method.clone(), path, body, key);
            self.in_flight.fetch_sub(1, Ordering::SeqCst);
            match answer {
                Ok(answer) if answer.status != 503 => {
                    self.answered.fetch_add(1, Ordering::SeqCst);
                    self.progress.notify_all();
                    return answer;
                }
                _ => thread::yield_now(),
            }
        }
    }

    fn post(&self, tourist: &Tourist, path: &str, body: &Value, key: Option<&str>) -> Answer {
        self.insist(tourist, &Method::POST, path, body, key)
    }

    fn get(&self, tourist: &Tourist, path: &str) -> Answer {
        self.insist(tourist, &Method::GET, path, &Value::Null, None)
    }

    fn caller(&self, number: usize, seed: u64) -> Told {
        let _fuse = Fuse(self);
        let mut random = StdRng::seed_from_u64(seed ^ u64::try_from(number).unwrap());
        let mut told = Told::default();
        while self.begun.fetch_add(1, Ordering::SeqCst) < ORDERS
            || self.killed.load(Ordering::SeqCst) < KILLS
        {
            let turn = told.orders.len();
            let order = self.visit(&mut random, &format!("caller-{number}-{turn}"));
            told.orders.push(order);
        }
        told
    }

    /// One order, from a fresh account, as far as the dice let it go.
    fn visit(&self, random: &mut StdRng, name: &str) -> ToldOrder {
        let tourist = self.sign_in(name);
        let people: Vec<Visitor> = (0..random.random_range(1..=3))
            .map(|_| Visitor::adult())
            .collect();
        let people: Vec<&Visitor> = people.iter().collect();
        let form = Tourist::order_form(self.stack.day(), "morning", &people);
        let key = format!("order-{name}");
        let answer = self.post(&tourist, "/orders", &form, Some(&key));
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        let mut told = ToldOrder {
            tourist,
            id: answer.id().to_owned(),
            key,
            form,
            paid: false,
            cancelled: false,
            refund: None,
        };
        match random.random_range(0..10) {
            0 => {}
            1 => {
                let path = format!("/orders/{}/cancel", told.id);
                let answer = self.post(&told.tourist, &path, &json!({}), None);
                assert_eq!(answer.status, 200, "{answer:?}");
                told.cancelled = true;
            }
            dice => {
                self.pay(&mut told);
                if dice > 6 && told.paid {
                    self.refund(&mut told, &answer.body["tickets"][0], name);
                }
            }
        }
        told
    }

    fn sign_in(&self, name: &str) -> Tourist {
        let nobody = Tourist::anonymous(self.stack.client(), &self.stack.address(0));
        let code = json!({"code": format!("sandbox:{name}")});
        let answer = self.post(&nobody, "/sessions", &code, None);
        assert_eq!(answer.status, 201, "{answer:?}");
        nobody.with_token(answer.body["token"].as_str().unwrap())
    }

    fn pay(&self, told: &mut ToldOrder) {
        let path = format!("/orders/{}/payments", told.id);
        let answer = self.post(&told.tourist, &path, &json!({}), None);
        assert_eq!(answer.status, 200, "{answer:?}");
        let package = answer.body["prepay"]["package"].as_str().unwrap();
        let prepay = package.strip_prefix("prepay_id=").unwrap();
        assert_eq!(self.stack.pay_in_wechat(prepay), 200);
        // The notification may be lost to a kill; what is not seen as paid is not told as paid.
        for _ in 0..20 {
            let order = self.get(&told.tourist, &format!("/orders/{}", told.id));
            if order.body["state"] == "paid" {
                told.paid = true;
                return;
            }
        }
    }

    fn refund(&self, told: &mut ToldOrder, ticket: &Value, name: &str) {
        let ticket = ticket["id"].as_str().unwrap();
        let path = format!("/orders/{}/refunds", told.id);
        let key = format!("refund-{name}");
        let body = json!({"tickets": [ticket], "add_ons": []});
        let answer = self.post(&told.tourist, &path, &body, Some(&key));
        assert_eq!(answer.status, 202, "{answer:?}");
        told.refund = Some(ToldRefund {
            id: answer.id().to_owned(),
            key,
            ticket: ticket.to_owned(),
            amount: answer.body["amount_fen"].clone(),
        });
    }

    /// Kills the service again and again, each time after a number of answers that the dice say,
    /// with at least [`IN_FLIGHT_AT_KILL`] calls in flight.
    fn killer(&self, seed: u64) {
        let _fuse = Fuse(self);
        let mut random = StdRng::seed_from_u64(seed);
        for _ in 0..KILLS {
            let next = self.answered.load(Ordering::SeqCst) + random.random_range(100..400);
            self.until_progress(|| {
                assert!(
                    !self.over.load(Ordering::SeqCst),
                    "the callers ended too early"
                );
                self.answered.load(Ordering::SeqCst) >= next
                    && self.in_flight.load(Ordering::SeqCst) >= IN_FLIGHT_AT_KILL
            });
            self.set_up(false);
            self.stack.kill(0);
            self.killed.fetch_add(1, Ordering::SeqCst);
            self.stack.restart(0);
            self.set_up(true);
        }
    }
}

#[test]
fn every_answer_stays_true_through_twenty_kills() {
    let seed = std::env::var("PALACE_KILL_SEED");
    let seed: u64 = seed
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_123);
    let run = Run {
        stack: Stack::start(&StackOptions {
            capacity: 20_000,
            processes: 1,
        }),
        in_flight: AtomicUsize::new(0),
        answered: AtomicUsize::new(0),
        begun: AtomicUsize::new(0),
        killed: AtomicUsize::new(0),
        over: AtomicBool::new(false),
        progress: Condvar::new(),
        progress_lock: Mutex::new(()),
        up: Mutex::new(true),
        came_up: Condvar::new(),
    };
    let told: Vec<ToldOrder> = thread::scope(|scope| {
        let run = &run;
        let callers: Vec<_> = (0..CALLERS)
            .map(|number| scope.spawn(move || run.caller(number, seed)))
            .collect();
        let killer = scope.spawn(move || run.killer(seed));
        let told = callers
            .into_iter()
            .flat_map(|caller| caller.join().unwrap().orders)
            .collect();
        run.over.store(true, Ordering::SeqCst);
        killer.join().unwrap();
        told
    });
    assert!(told.len() >= ORDERS, "{} orders", told.len());
    settle(&run.stack);
    for order in &told {
        check(order);
    }
    run.stack.sweep();
    run.stack.reconcile();
}

/// Lets the jobs finish what the kills interrupted.
fn settle(stack: &Stack) {
    stack.advance(TimeDelta::minutes(3));
    stack.follow_payments_to_the_end();
    stack.finish_refunds();
}

/// What this caller was told, against what is so now.
fn check(told: &ToldOrder) {
    let order = told.tourist.read_order(&told.id);
    let again = told.tourist.post("/orders", &told.form, Some(&told.key));
    assert_eq!(
        (again.status, again.id()),
        (200, told.id.as_str()),
        "{again:?}"
    );
    if told.cancelled {
        assert_eq!(order["state"], "cancelled");
    }
    if told.paid {
        assert!(
            matches!(order["state"].as_str(), Some("paid" | "refunded")),
            "{order}"
        );
        assert_eq!(order["paid_fen"], order["total_fen"]);
    }
    if let Some(refund) = &told.refund {
        let again = told
            .tourist
            .refund(&told.id, &[&refund.ticket], &refund.key);
        assert_eq!(
            (again.status, again.id()),
            (202, refund.id.as_str()),
            "{again:?}"
        );
        let read = told.tourist.get(&format!("/refunds/{}", refund.id));
        assert_eq!(
            (&read.body["state"], &read.body["amount_fen"]),
            (&json!("succeeded"), &refund.amount)
        );
    }
}
