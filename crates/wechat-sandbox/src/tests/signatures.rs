//! Who may call, and what the sandbox puts its name to.

use super::merchant::{Authority, Merchant};

const QUERY: &str = "/v3/pay/transactions/out-trade-no/ORDER-1?mchid=1900000001";

#[test]
fn a_request_is_verified_in_every_part() {
    let merchant = Merchant::new();
    let right = || merchant.authority("");
    let now = right().timestamp;
    // A signature that holds gets as far as the order, which does not exist.
    assert_eq!(merchant.get(QUERY).code(), "ORDER_NOT_EXIST");
    let at = |timestamp| Authority {
        timestamp,
        ..right()
    };
    for within in [now - 300, now + 300] {
        let answer = merchant.call_with(&at(within), "GET", QUERY, "");
        assert_eq!(answer.code(), "ORDER_NOT_EXIST");
    }
    let body = Authority {
        signed_body: "{}".to_owned(),
        ..right()
    };
    let serial = Authority {
        serial: "ANOTHER",
        ..right()
    };
    let mchid = Authority {
        mchid: "1900000002",
        ..right()
    };
    for wrong in [
        at(now - 301),
        at(now + 301),
        at(i64::MIN),
        body,
        serial,
        mchid,
    ] {
        let answer = merchant.call_with(&wrong, "GET", QUERY, "");
        assert_eq!((answer.status, answer.code()), (401, "SIGN_ERROR"));
        assert!(answer.genuine);
    }
}

#[test]
fn a_request_without_authorization_is_refused_and_the_refusal_signed() {
    let merchant = Merchant::new();
    let url = merchant.url(QUERY);
    let request = merchant.http.get(url).header("User-Agent", "test");
    let response = request.header("Accept", "*/*").send().unwrap();
    assert_eq!(response.status(), 401);
    for name in ["Wechatpay-Signature", "Wechatpay-Serial", "Request-ID"] {
        assert!(response.headers().contains_key(name), "{name}");
    }
}

#[test]
fn there_are_no_certificates_beside_the_public_key() {
    let answer = Merchant::new().get("/v3/certificates");
    assert_eq!((answer.status, answer.genuine), (404, true));
}

#[test]
fn strange_input_is_refused_and_nothing_breaks() {
    let merchant = Merchant::new();
    let large = "x".repeat(70_000);
    let answer = merchant.call("POST", "/v3/pay/transactions/jsapi", &large);
    assert_eq!(answer.status, 413);
    for body in ["", "[]", "null", "{\"amount\":{\"total\":1e400}}", "\u{0}"] {
        let answer = merchant.call("POST", "/v3/pay/transactions/jsapi", body);
        assert_eq!(answer.code(), "PARAM_ERROR", "{body:?}");
    }
    for path in [
        "/v3/nothing",
        "/v3/bill/tradebill?bill_date=soon",
        "/sandbox/%ff",
    ] {
        let status = merchant.get(path).status;
        assert!((400..500).contains(&status), "{path} {status}");
    }
    assert_eq!(merchant.get("/healthz").status, 200);
    assert_eq!(merchant.get("/").status, 200);
}
