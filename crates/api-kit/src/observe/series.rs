//! The series of requests, looked up once by each thread: to look one up anew writes its labels
//! anew, which costs more than to count.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use metrics::{Counter, Histogram};

/// What a thread knows of a route.
#[derive(Default)]
struct Route {
    counts: HashMap<(&'static str, u16), Counter>,
    durations: HashMap<&'static str, Histogram>,
}

thread_local! {
    static ROUTES: RefCell<HashMap<String, Route>> = RefCell::default();
}

/// Counts a request and its duration. `route` is a pattern, so that there are few of them.
pub(super) fn record(method: &'static str, route: &str, status: u16, took: Duration) {
    ROUTES.with_borrow_mut(|routes| {
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), Route::default());
        }
        if let Some(known) = routes.get_mut(route) {
            known.record(method, route, status, took);
        }
    });
}

impl Route {
    fn record(&mut self, method: &'static str, route: &str, status: u16, took: Duration) {
        let count = self.counts.entry((method, status)).or_insert_with(|| {
            let (route, status) = (route.to_owned(), status.to_string());
            metrics::counter!(
                "http_requests_total", "method" => method, "route" => route, "status" => status
            )
        });
        count.increment(1);
        let durations = self.durations.entry(method).or_insert_with(|| {
            let route = route.to_owned();
            metrics::histogram!(
                "http_request_duration_seconds", "method" => method, "route" => route
            )
        });
        durations.record(took);
    }
}
