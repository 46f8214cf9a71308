//! Which path leads where.

use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{self, PayloadConfig, ServiceConfig, delete, get, post};

use crate::control::{books, faults, forge, page, pay as person};
use crate::mini_program::{login, messages, phone, tokens};
use crate::pay::{answer, bill, certificates, prepay, refunds, transactions};

/// No request of WeChat's protocol is larger.
const LARGEST_BODY: usize = 64 * 1024;

/// All routes of the sandbox.
pub(crate) fn all(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(LARGEST_BODY))
        .route("/", get().to(page::about))
        .route("/healthz", get().to(page::healthz))
        .configure(control)
        .configure(pay)
        .configure(mini_program);
}

/// The mini-program's page runs on another port in development, so browsers must be let in.
fn control(config: &mut ServiceConfig) {
    let scope = web::scope("/sandbox")
        .wrap(DefaultHeaders::new().add(("Access-Control-Allow-Origin", "*")))
        .route("/pay/{prepay_id}", post().to(person::pay))
        .route("/faults", post().to(faults::add))
        .route("/faults", get().to(faults::list))
        .route("/faults", delete().to(faults::clear))
        .route("/forge-notification", post().to(forge::send))
        .route("/ledger", get().to(books::ledger))
        .route("/orders", get().to(books::orders))
        .route("/messages", get().to(books::messages))
        .route(
            "/{any:.*}",
            web::method(actix_web::http::Method::OPTIONS).to(page::preflight),
        );
    config.service(scope);
}

fn pay(config: &mut ServiceConfig) {
    // The file's answer is the one that WeChat does not sign, so it stands outside the scope.
    let file = web::resource(bill::DOWNLOAD)
        .wrap(from_fn(answer::suffer_faults))
        .route(get().to(bill::download));
    let order = "/pay/transactions/out-trade-no/{number}";
    let refund = "/refund/domestic/refunds";
    // The last wrap is the outermost: an answer that a fault spoilt is signed as well.
    let scope = web::scope("/v3")
        .wrap(from_fn(answer::suffer_faults))
        .wrap(from_fn(answer::sign))
        .route("/pay/transactions/jsapi", post().to(prepay::create))
        .route(order, get().to(transactions::query))
        .route(&format!("{order}/close"), post().to(transactions::close))
        .route(refund, post().to(refunds::create))
        .route(&format!("{refund}/{{number}}"), get().to(refunds::query))
        .route("/bill/tradebill", get().to(bill::request))
        .route("/certificates", get().to(certificates::list));
    config.service(file).service(scope);
}

fn mini_program(config: &mut ServiceConfig) {
    let token = web::scope("/cgi-bin")
        .wrap(from_fn(answer::suffer_faults))
        .route("/stable_token", post().to(tokens::stable))
        .route("/token", get().to(tokens::plain))
        .route("/message/subscribe/send", post().to(messages::send));
    let login = web::resource("/sns/jscode2session")
        .wrap(from_fn(answer::suffer_faults))
        .route(get().to(login::log_in));
    let phone = web::resource("/wxa/business/getuserphonenumber")
        .wrap(from_fn(answer::suffer_faults))
        .route(post().to(phone::phone_number));
    config.service(token).service(login).service(phone);
}
