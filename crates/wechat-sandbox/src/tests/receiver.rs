//! Where the merchant hears of payments and refunds.

use std::collections::{HashMap, VecDeque};
use std::net::{SocketAddr, TcpListener};
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt, web};
use serde_json::Value;

/// Long enough for a slow machine; a test that passes never waits so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A notification as it arrived.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) path: String,
    headers: HashMap<String, String>,
    pub(super) body: Bytes,
}

impl Received {
    /// A header of the signature.
    pub(super) fn header(&self, name: &str) -> String {
        self.headers[&format!("wechatpay-{name}")].clone()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }
}

struct Ear {
    heard: mpsc::Sender<Received>,
    answers: Mutex<VecDeque<u16>>,
}

pub(super) struct Receiver {
    address: SocketAddr,
    heard: mpsc::Receiver<Received>,
    ear: Data<Ear>,
    server: ServerHandle,
}

impl Receiver {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, receiver) = mpsc::channel();
        let ear = Data::new(Ear {
            heard,
            answers: Mutex::default(),
        });
        let (report, started) = mpsc::channel();
        let shared = ear.clone();
        std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let app = move || {
                    let listen = web::to(listen);
                    App::new().app_data(shared.clone()).default_service(listen)
                };
                let server = HttpServer::new(app).workers(1).disable_signals();
                let server = server.listen(listener).unwrap().run();
                report.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self {
            address,
            heard: receiver,
            ear,
            server: started.recv().unwrap(),
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The next notifications are answered so, all later ones with 204.
    pub(super) fn answer(&self, statuses: &[u16]) {
        self.ear.answers.lock().unwrap().extend(statuses);
    }

    /// Waits for the next notification.
    pub(super) fn next(&self) -> Received {
        self.heard.recv_timeout(PATIENCE).unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn listen(request: HttpRequest, body: Bytes, ear: Data<Ear>) -> HttpResponse {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| {
        let value = value.to_str().unwrap_or_default();
        (name.as_str().to_owned(), value.to_owned())
    });
    let received = Received {
        path: request.path().to_owned(),
        headers: headers.collect(),
        body,
    };
    // Nobody may be listening any more when a test has ended.
    drop(ear.heard.send(received));
    let status = ear.answers.lock().unwrap().pop_front().unwrap_or(204);
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).finish()
}
