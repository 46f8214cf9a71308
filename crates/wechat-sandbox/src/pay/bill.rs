//! The trade bill: where it can be fetched, and the file itself.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::web::{Bytes, Json, Query};
use actix_web::{HttpRequest, HttpResponse};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::bill_file;
use super::error::PayError;
use super::signed_call::SignedCall;
use crate::beijing;
use crate::crypto::fresh_token;
use crate::state::Shared;

/// Where files are fetched.
pub(crate) const DOWNLOAD: &str = "/v3/billdownload/file";
const URL_LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// Bills are kept for fetching until as many newer ones were asked for.
const KEPT: usize = 16;
/// Bills can be had for three months.
const OLDEST: Days = Days::new(92);

/// The bills that can be fetched right now.
#[derive(Default)]
pub(crate) struct Bills(Mutex<VecDeque<Bill>>);

struct Bill {
    token: String,
    until: DateTime<Utc>,
    file: Bytes,
}

impl Bills {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Bill>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, bill: Bill) {
        let mut bills = self.lock();
        if bills.len() >= KEPT {
            bills.pop_front();
        }
        bills.push_back(bill);
    }
}

#[derive(Deserialize)]
pub(crate) struct BillQuery {
    bill_date: NaiveDate,
    bill_type: Option<String>,
    tar_type: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct FileQuery {
    token: String,
}

/// `GET /v3/bill/tradebill?bill_date=&bill_type=ALL`
pub(crate) async fn request(
    state: Shared,
    call: SignedCall,
    request: HttpRequest,
    query: Option<Query<BillQuery>>,
) -> Result<Json<Value>, PayError> {
    drop(call);
    let query = query.ok_or_else(|| PayError::param("/bill_date", "应为YYYY-MM-DD格式的日期"))?;
    query.check(state.now())?;
    let (orders, refunds) = (state.ledger.orders(), state.ledger.refunds());
    let file = bill_file::write(&state.settings, query.bill_date, &orders, &refunds)
        .ok_or_else(|| PayError::no_statement("NO_STATEMENT_EXIST", "账单文件不存在"))?;
    let token = fresh_token();
    let hash = hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, file.as_bytes()));
    let host = request.connection_info().host().to_owned();
    state.bills.keep(Bill {
        token: token.clone(),
        until: state.now() + URL_LIFETIME,
        file: file.into(),
    });
    Ok(Json(json!({
        "hash_type": "SHA1",
        "hash_value": hash,
        "download_url": format!("http://{host}{DOWNLOAD}?token={token}"),
    })))
}

impl BillQuery {
    fn check(&self, now: DateTime<Utc>) -> Result<(), PayError> {
        if !matches!(self.bill_type.as_deref(), None | Some("ALL")) {
            return Err(PayError::param("/bill_type", "沙箱只提供ALL账单"));
        }
        if self.tar_type.is_some() {
            return Err(PayError::param("/tar_type", "沙箱不压缩账单"));
        }
        let today = beijing::day(now);
        let oldest = today.checked_sub_days(OLDEST).unwrap_or(today);
        if self.bill_date >= today || self.bill_date < oldest {
            return Err(PayError::invalid("只能下载三个月内、今天之前的账单"));
        }
        let ready = Some(today) != self.bill_date.succ_opt() || beijing::has_struck(now, 10);
        if !ready {
            let message = "账单生成中，请在10点之后重试";
            return Err(PayError::no_statement("STATEMENT_CREATING", message));
        }
        Ok(())
    }
}

/// `GET /v3/billdownload/file?token=`: the request must be signed, the answer is not.
pub(crate) async fn download(
    state: Shared,
    call: SignedCall,
    query: Option<Query<FileQuery>>,
) -> Result<HttpResponse, PayError> {
    drop(call);
    let token = query.map(|query| query.into_inner().token);
    let now = state.now();
    let bills = state.bills.lock();
    let found = bills
        .iter()
        .find(|bill| Some(&bill.token) == token.as_ref() && bill.until > now);
    let bill = found.ok_or_else(|| PayError::no_such_resource("账单下载地址已失效"))?;
    let file = bill.file.clone();
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_ready(date: &str, now: &str) -> bool {
        let query = BillQuery {
            bill_date: date.parse().unwrap(),
            bill_type: Some("ALL".to_owned()),
            tar_type: None,
        };
        query.check(beijing::parse(now).unwrap()).is_ok()
    }

    #[test]
    fn a_bill_is_ready_at_ten_the_next_morning_and_for_three_months() {
        assert!(!is_ready("2026-12-01", "2026-12-01T23:59:59+08:00"));
        assert!(!is_ready("2026-12-01", "2026-12-02T09:59:59+08:00"));
        assert!(is_ready("2026-12-01", "2026-12-02T10:00:00+08:00"));
        assert!(is_ready("2026-12-01", "2026-12-03T00:00:00+08:00"));
        assert!(!is_ready("2026-12-01", "2027-04-01T12:00:00+08:00"));
    }
}
