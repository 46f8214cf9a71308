//! A tourist service with its database, its WeChat and its clock.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::{DayState, Hours, OpeningDay};
use domain::clock::Clock;
use domain::holiday::holidays_2026;
use domain::id::OrderNumber;
use domain::payment::AttemptState;
use domain::ports::{
    CalendarQueries, ReconcileQueries, StoreError, SubmissionState, Sweep, UnitOfWork,
};
use domain::quota::Quota;
use domain::rules::Rules;
use domain::session::first_sessions;
use domain::ticket_type::default_prices;
use domain::use_cases::open_days::{import_holidays, set_day};
use domain::use_cases::open_quotas::{Catalogue, TemplateLine, load_catalogue, open_quotas};
use domain::venue::first_venues;
use domain::visit_date::VisitDate;
use gateways::clock::SystemClock;
use persistence::test_support::TestDatabase;
use serde_json::{Value, json};
use tempfile::TempDir;
use wechat_sandbox::{RunningSandbox, Sandbox, Settings};

use crate::log::Log;
use crate::service::{Service, command};
use crate::tourist::Tourist;

/// How long a process may go by the clock's file as it last read it.
const REREAD_AFTER: Duration = Duration::from_millis(100);

/// What differs between journeys.
pub struct StackOptions {
    /// The places of every venue and session of the open day.
    pub capacity: u32,
    /// How many processes of the tourist service run.
    pub processes: usize,
}

impl Default for StackOptions {
    fn default() -> Self {
        Self {
            capacity: 1000,
            processes: 1,
        }
    }
}

/// A running stack with one open day.
pub struct Stack {
    services: Mutex<Vec<Option<Service>>>,
    ports: Vec<u16>,
    environment: Vec<(String, String)>,
    sandbox: RunningSandbox,
    clock: Arc<SystemClock>,
    day: VisitDate,
    /// The database, for looking behind the service.
    pub database: TestDatabase,
    client: reqwest::blocking::Client,
    sandbox_client: reqwest::blocking::Client,
    directory: TempDir,
    /// What the services log, also those that have ended.
    pub log: Log,
}

impl Stack {
    /// Starts everything.
    ///
    /// # Panics
    /// If something does not start.
    #[must_use]
    pub fn start(options: &StackOptions) -> Self {
        let directory = TempDir::new().expect("a folder for keys and the clock");
        let clock = Arc::new(SystemClock::with_offset_file(
            directory.path().join("clock-offset"),
        ));
        let shared: Arc<dyn Clock> = Arc::<SystemClock>::clone(&clock);
        let sandbox = Sandbox::start(Settings::for_tests(shared)).expect("the sandbox starts");
        let database = TestDatabase::create();
        let ports: Vec<u16> = (0..options.processes).map(|_| free_port()).collect();
        let environment = environment(&directory, &database, &sandbox, &ports);
        let day = VisitDate::containing(clock.now()).plus_days(3);
        let stack = Self {
            services: Mutex::new(Vec::new()),
            ports,
            environment,
            sandbox,
            clock,
            day,
            database,
            client: client(256),
            // A connection that was idle may be closed just as the next call takes it: on a busy
            // machine a payment was lost that way, and no journey repeats one.
            sandbox_client: client(0),
            directory,
            log: Log::default(),
        };
        stack.prepare(options.capacity);
        for process in 0..options.processes {
            let service = stack.start_process(process);
            stack.lock_services().push(Some(service));
        }
        stack
    }

    fn prepare(&self, capacity: u32) {
        let unit_of_work = self.database.unit_of_work();
        let catalogue = Catalogue {
            sessions: first_sessions(),
            venues: first_venues(),
            prices: default_prices().rows().collect(),
        };
        load_catalogue(&unit_of_work, &catalogue).expect("the catalogue is loaded");
        import_holidays(&unit_of_work, 2026, holidays_2026().periods())
            .expect("the holidays are imported");
        self.open(self.day, capacity);
    }

    /// Opens a day with `capacity` places in every venue and session.
    ///
    /// # Panics
    /// If the store fails.
    pub fn open(&self, date: VisitDate, capacity: u32) {
        let hours = Hours::of_season(date.season());
        let unit_of_work = self.database.unit_of_work();
        let day = OpeningDay::new(date, DayState::Open, hours, None);
        let now = self.clock.now();
        set_day(&unit_of_work, &Rules::default(), &day, now).expect("the day is opened");
        let (sessions, venues) = (first_sessions(), first_venues());
        let template: Vec<TemplateLine> = sessions
            .iter()
            .flat_map(|session| {
                venues.iter().map(|venue| TemplateLine {
                    session: session.code().clone(),
                    venue: venue.code().clone(),
                    capacity,
                })
            })
            .collect();
        open_quotas(&unit_of_work, date, &template).expect("the quotas are opened");
    }

    /// The open day, three days ahead.
    #[must_use]
    pub fn day(&self) -> VisitDate {
        self.day
    }

    /// The clock of all processes.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Moves the clock of all processes on, and waits until they show it.
    ///
    /// # Panics
    /// If the clock's file cannot be written.
    pub fn advance(&self, by: TimeDelta) {
        let path = self.directory.path().join("clock-offset");
        let before: i64 = fs::read_to_string(&path)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0);
        let target = self.clock.now() + by;
        // Renamed into place, so that nobody reads half a number.
        let fresh = self.directory.path().join("clock-offset.new");
        fs::write(&fresh, (before + by.num_milliseconds()).to_string())
            .expect("the clock's offset is written");
        fs::rename(fresh, path).expect("the clock's offset is put in place");
        let moved = Instant::now();
        while self.clock.now() < target {
            std::thread::yield_now();
        }
        for process in 0..self.ports.len() {
            while self.lock_services()[process].is_some() && self.server_time(process) < target {
                std::thread::yield_now();
            }
        }
        // The admin service tells no time; like all processes it has read the file again by then.
        while moved.elapsed() <= REREAD_AFTER {
            std::thread::yield_now();
        }
    }

    /// Moves the clock of all processes on to an instant that is still to come.
    ///
    /// # Panics
    /// If the clock's file cannot be written.
    pub fn advance_to(&self, instant: DateTime<Utc>) {
        self.advance(instant - self.clock.now());
    }

    fn server_time(&self, process: usize) -> chrono::DateTime<chrono::Utc> {
        let calendar = self.get(&format!("{}/calendar", self.address(process)));
        let time = calendar["server_time"].as_str().expect("a time");
        chrono::DateTime::parse_from_rfc3339(time)
            .expect("RFC 3339")
            .to_utc()
    }

    /// The address of one process' API.
    #[must_use]
    pub fn address(&self, process: usize) -> String {
        format!("http://127.0.0.1:{}/api/v1", self.ports[process])
    }

    fn start_process(&self, process: usize) -> Service {
        let mut environment = self.environment.clone();
        let port = self.ports[process].to_string();
        environment.push(("PALACE__SERVER__PORT".to_owned(), port));
        Service::start("tourist-api", &environment, &self.log)
    }

    /// Starts the admin service; the address of its API.
    pub(crate) fn start_admin(&self) -> (Service, String) {
        let mut environment = self.environment.clone();
        let port = free_port();
        environment.push(("PALACE__SERVER__PORT".to_owned(), port.to_string()));
        let service = Service::start("admin-api", &environment, &self.log);
        (service, format!("http://127.0.0.1:{port}/api/v1"))
    }

    /// Kills one process as a power cut would.
    pub fn kill(&self, process: usize) {
        let service = self.lock_services()[process].take();
        if let Some(service) = service {
            service.kill();
        }
    }

    /// Starts a killed process again, at its old address.
    pub fn restart(&self, process: usize) {
        let service = self.start_process(process);
        self.lock_services()[process] = Some(service);
    }

    fn lock_services(&self) -> std::sync::MutexGuard<'_, Vec<Option<Service>>> {
        self.services
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Signs a person in at the first process.
    #[must_use]
    pub fn tourist(&self, name: &str) -> Tourist {
        self.tourist_at(0, name)
    }

    /// Signs a person in at one process.
    #[must_use]
    pub fn tourist_at(&self, process: usize, name: &str) -> Tourist {
        Tourist::sign_in(&self.client, &self.address(process), name)
    }

    /// Pays as the person would in WeChat's app; the status of the sandbox's answer.
    ///
    /// # Panics
    /// If the sandbox does not answer.
    pub fn pay_in_wechat(&self, prepay_id: &str) -> u16 {
        self.pay_in_wechat_with(prepay_id, &json!({}))
    }

    /// Pays with the sandbox's options, such as `{"after_close": true}`.
    ///
    /// # Panics
    /// If the sandbox does not answer.
    pub fn pay_in_wechat_with(&self, prepay_id: &str, options: &Value) -> u16 {
        let url = format!("{}/sandbox/pay/{prepay_id}", self.sandbox.base_url());
        let answer = self.sandbox_client.post(url).json(options).send();
        answer.expect("the sandbox answers").status().as_u16()
    }

    /// Asks the sandbox to misbehave, or anything else of it.
    ///
    /// # Panics
    /// If the sandbox refuses.
    pub fn ask_sandbox(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.sandbox.base_url());
        let answer = self.sandbox_client.post(url).json(body).send();
        let answer = answer.expect("the sandbox answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().unwrap_or(Value::Null)
    }

    /// What the provider has booked.
    #[must_use]
    pub fn provider_ledger(&self) -> Value {
        self.get(&format!("{}/sandbox/ledger", self.sandbox.base_url()))
    }

    /// The messages that WeChat was given for tourists, the oldest first.
    ///
    /// # Panics
    /// If the sandbox does not answer.
    #[must_use]
    pub fn messages(&self) -> Vec<Value> {
        let answer = self.get(&format!("{}/sandbox/messages", self.sandbox.base_url()));
        let messages = answer["messages"].as_array();
        messages.expect("a list of messages").clone()
    }

    fn get(&self, url: &str) -> Value {
        let answer = self.client.get(url).send().expect("an answer");
        answer.json().expect("JSON")
    }

    /// Runs an operator's command; its output.
    ///
    /// # Panics
    /// If it cannot be run.
    #[must_use]
    pub fn manage(&self, arguments: &[&str]) -> Output {
        command("manage", &self.environment)
            .args(arguments)
            .output()
            .expect("manage runs")
    }

    /// Runs an operator's command that must succeed; what it said.
    ///
    /// # Panics
    /// If it fails.
    pub fn manage_well(&self, arguments: &[&str]) -> String {
        let output = self.manage(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "manage {arguments:?}: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    }

    /// Runs an operator's command that must succeed, with `input` on its standard input; what it
    /// said.
    ///
    /// # Panics
    /// If it fails.
    pub fn manage_told(&self, arguments: &[&str], input: &str) -> String {
        let mut command = command("manage", &self.environment);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = pipes.args(arguments).spawn();
        let mut child = child.expect("manage runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let told = stdin.write_all(input.as_bytes());
        told.expect("manage reads its input");
        drop(stdin);
        let output = child.wait_with_output().expect("manage ends");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "manage {arguments:?}: {said}");
        said
    }

    /// The quota of a venue in a session of the open day.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn quota(&self, session: &str, venue: &str) -> Quota {
        let quotas = self.database.queries().quotas(self.day, self.day);
        let mut quotas = quotas.expect("quotas are read").into_iter();
        let quota = quotas.find(|quota| {
            quota.key().session.as_str() == session && quota.key().venue.as_str() == venue
        });
        quota.expect("the day has that quota")
    }

    /// The unit of work on the stack's database.
    #[must_use]
    pub fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        Arc::new(self.database.unit_of_work())
    }

    /// The client that the stack's actors share.
    #[must_use]
    pub fn client(&self) -> &reqwest::blocking::Client {
        &self.client
    }

    /// Reads an order until it is as `wanted`; a notification takes a moment to arrive.
    ///
    /// # Panics
    /// If it never is.
    #[must_use]
    pub fn until(&self, tourist: &Tourist, order: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        until(|| Some(tourist.read_order(order)).filter(&wanted))
    }

    /// Reads an order until it is paid.
    ///
    /// # Panics
    /// If it never is.
    pub fn until_paid(&self, tourist: &Tourist, order: &str) -> Value {
        self.until(tourist, order, |order| order["state"] == "paid")
    }

    /// Waits until the payment of that number stands on the difference list.
    ///
    /// # Panics
    /// If it never does.
    pub fn until_difference(&self, number: &str) {
        until(|| {
            let differences = self.database.queries().payment_differences();
            let differences = differences.expect("the differences are read");
            let listed = differences.iter().map(|difference| &difference.news.number);
            listed
                .map(OrderNumber::as_str)
                .find(|listed| *listed == number)
                .map(drop)
        });
    }

    /// Runs the refund jobs, moving the clock on between them, until the provider has decided
    /// every refund.
    ///
    /// # Panics
    /// If they never come to an end.
    pub fn finish_refunds(&self) {
        for _ in 0..40 {
            self.manage_well(&["jobs", "run", "submit-refunds"]);
            self.advance(TimeDelta::seconds(70));
            self.manage_well(&["jobs", "run", "follow-refunds"]);
            if !self.any_open_refund() {
                return;
            }
        }
        panic!("refunds never come to an end");
    }

    /// Runs the payment job until no open attempt is due.
    ///
    /// # Panics
    /// If it never comes to an end.
    pub fn follow_payments_to_the_end(&self) {
        for _ in 0..40 {
            self.manage_well(&["jobs", "run", "follow-payments"]);
            if !self.any_due_attempt() {
                return;
            }
        }
        panic!("payments never come to an end");
    }

    fn any_open_refund(&self) -> bool {
        let unit_of_work: &dyn UnitOfWork = &self.database.unit_of_work();
        let tomorrow = self.clock.now() + TimeDelta::days(1);
        let waiting = unit_of_work
            .run::<_, StoreError>(|stores| stores.refunds().orders_to_submit(tomorrow, 1))
            .expect("the refunds are read");
        let submissions = self.database.queries().refund_submissions();
        let submissions = submissions.expect("the submissions are read");
        let open = [SubmissionState::Pending, SubmissionState::Accepted];
        !waiting.is_empty()
            || submissions
                .iter()
                .any(|refund| open.contains(&refund.state))
    }

    fn any_due_attempt(&self) -> bool {
        let now = self.clock.now();
        let attempts = self.database.queries().payment_attempts();
        let attempts = attempts.expect("the attempts are read");
        attempts
            .iter()
            .any(|attempt| attempt.state == AttemptState::Open && attempt.next_check_at <= now)
    }

    /// Ends a journey: the sweep finds nothing on any date, nor beside them.
    ///
    /// # Panics
    /// If it finds something.
    pub fn sweep(&self) {
        let queries = self.database.queries();
        for date in queries.dates().expect("dates are read") {
            let findings = queries.check_date(date).expect("the sweep runs");
            assert!(findings.is_empty(), "{findings:#?}");
        }
        let undated = queries.check_undated(self.clock.now());
        let undated = undated.expect("the sweep runs");
        assert!(undated.is_empty(), "{undated:#?}");
    }

    /// Ends a journey with money in it: the provider's books are ours.
    pub fn reconcile(&self) {
        self.manage_well(&["verify", "--sandbox", &self.sandbox.base_url()]);
    }
}

/// A client that keeps as many connections for its next calls.
fn client(idle_connections: usize) -> reqwest::blocking::Client {
    reqwest::blocking::Client::builder()
        .timeout(std::time::Duration::from_secs(30))
        .pool_max_idle_per_host(idle_connections)
        .build()
        .expect("an HTTP client")
}

/// A port that is free now; no other program asks for it in the moment until the service does.
fn free_port() -> u16 {
    // Free again as soon as it was found, and while a killed process is away: no port is given to
    // two stacks of these tests.
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().expect("nobody panics with the ports");
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        if given.insert(port) {
            return port;
        }
    }
}

fn environment(
    directory: &TempDir,
    database: &TestDatabase,
    sandbox: &RunningSandbox,
    ports: &[u16],
) -> Vec<(String, String)> {
    let file = |name: &str, content: &str| {
        let path = directory.path().join(name);
        fs::write(&path, content).expect("a key file is written");
        path.display().to_string()
    };
    let keys = sandbox.keys();
    let first = ports.first().expect("at least one process");
    [
        ("PALACE_ENV", "test".to_owned()),
        ("PALACE__DATABASE__URL", database.url().to_owned()),
        ("PALACE__LIMITS__ORDERS_PER_MINUTE", "1000000".to_owned()),
        (
            "PALACE__CLOCK__OFFSET_FILE",
            directory.path().join("clock-offset").display().to_string(),
        ),
        ("PALACE__WECHAT__LOGIN_BASE_URL", sandbox.base_url()),
        ("PALACE__WECHAT__PAY__BASE_URL", sandbox.base_url()),
        (
            "PALACE__WECHAT__PAY__NOTIFY_BASE_URL",
            format!("http://127.0.0.1:{first}/api/v1"),
        ),
        (
            "PALACE__WECHAT__PAY__PRIVATE_KEY_FILE",
            file("merchant_private.pem", keys.merchant_private_pem()),
        ),
        (
            "PALACE__WECHAT__PAY__PLATFORM_PUBLIC_KEY_FILE",
            file("platform_public.pem", keys.platform_public_pem()),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// Asks again and again until something is so; for what another process does in a moment.
///
/// # Panics
/// If it is not so after half a minute.
pub fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let start = std::time::Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed().as_secs() < 30, "it never came");
        std::thread::yield_now();
    }
}
