use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use actix_web::HttpResponse;

use super::*;
use crate::blocking::BlockingPool;
use crate::health::{NotReady, Readiness};

struct Ready;

impl Readiness for Ready {
    fn check(&self) -> Result<(), NotReady> {
        Ok(())
    }
}

fn service(change: impl FnOnce(&mut Settings)) -> Result<Service, SystemRefused> {
    let mut settings = Settings::for_tests().unwrap();
    change(&mut settings);
    let pool = Arc::new(BlockingPool::start("health", 1).unwrap());
    let routes: Routes = Arc::new(|service| {
        service.route(
            "/greeting",
            web::get().to(|| async { HttpResponse::Ok().body("good morning") }),
        );
    });
    let site = Site {
        routes,
        health: Health::new(Arc::new(Ready), pool),
        unlimited: &["/greeting"],
    };
    Service::listen("test", &settings, site)
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    write!(
        connection,
        "GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn routes_health_and_the_envelope_are_served_until_the_end() {
    let running = service(|_| {}).unwrap().spawn().unwrap();
    let address = running.address();
    assert_ne!(address.port(), 0);
    assert!(get(address, "/greeting").ends_with("good morning"));
    assert!(get(address, "/readyz").starts_with("HTTP/1.1 200"));
    assert!(get(address, "/nowhere").contains("not_found"));
    drop(running);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn each_address_is_limited_but_not_everywhere() {
    let limited = |settings: &mut Settings| settings.limits.requests_per_address = Some(1);
    let running = service(limited).unwrap().spawn().unwrap();
    let address = running.address();
    for _ in 0..2 {
        assert!(get(address, "/greeting").starts_with("HTTP/1.1 200"));
        assert!(get(address, "/healthz").starts_with("HTTP/1.1 200"));
    }
    assert!(get(address, "/nowhere").starts_with("HTTP/1.1 404"));
    assert!(get(address, "/nowhere").starts_with("HTTP/1.1 429"));
}

#[test]
fn a_taken_port_is_named() {
    let first = service(|_| {}).unwrap();
    let port = first.address().unwrap().port();
    let error = service(|settings| settings.server.port = port).map(|_| ());
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("listening: "), "{error}");
}
