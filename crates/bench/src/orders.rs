//! Orders as the mini-program sends them, made before anything is measured.

use std::sync::Arc;

use api_kit::tokens::{Audience, Revocations, Tokens};
use domain::visit_date::VisitDate;
use serde_json::json;
use uuid::Uuid;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};
use crate::load::requests::{Request, post};

/// The session that everybody wants.
pub(crate) const HOT_SESSION: &str = "morning";

/// `count` orders of `visitors` people each for the hot session of `date`: one account, one token
/// and one idempotency key for each, and nobody comes twice.
pub(crate) fn orders(
    bench: &Bench,
    date: VisitDate,
    visitors: usize,
    count: usize,
) -> Result<Vec<Request>, Failure> {
    let tokens = tokens(bench, Audience::Tourist);
    (0..count)
        .map(|_| order(bench, &tokens, date, visitors))
        .collect()
}

/// Issues tokens as a service of this run would.
pub(crate) fn tokens(bench: &Bench, audience: Audience) -> Tokens {
    let key = &bench.settings().secrets.token_key;
    let revocations = Arc::new(Revocations::default());
    Tokens::new(audience, key, Arc::clone(bench.clock()), revocations)
}

fn order(
    bench: &Bench,
    tokens: &Tokens,
    date: VisitDate,
    visitors: usize,
) -> Result<Request, Failure> {
    let token = tokens.issue(Uuid::new_v4()).context("issuing a token")?;
    let headers = format!(
        "Authorization: Bearer {}\r\nIdempotency-Key: {}\r\n",
        token.token,
        Uuid::new_v4()
    );
    let visitor = |_| {
        json!({
            "name": "张三丰",
            "document_type": "id_card",
            "document_number": bench.people().id_card(),
            "category": "standard",
        })
    };
    let body = json!({
        "date": date.to_string(),
        "session": HOT_SESSION,
        "phone": "13800138000",
        "visitors": (0..visitors).map(visitor).collect::<Vec<_>>(),
    });
    Ok(post("/api/v1/orders", &headers, &body.to_string()))
}
