//! Our payments and refunds, held against the sandbox's ledger.

use std::time::Duration;

use domain::ports::{Finding, ProviderRefund, ReconcileQueries, StoreError};
use domain::reconcile::{BookedPayment, BookedRefund, compare_payments, compare_refunds};
use serde::Deserialize;
use thiserror::Error;

/// The ledger of a long run is large; the sandbox is on this machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Why nothing could be compared.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// Our own side could not be read.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The sandbox did not answer as it should.
    #[error("the sandbox's ledger cannot be read: {0}")]
    Ledger(#[from] reqwest::Error),
    /// The ledger says something of a refund that we do not know.
    #[error("the sandbox's ledger has a refund in the unknown state {0}")]
    State(String),
}

#[derive(Deserialize)]
struct Ledger {
    payments: Vec<PaymentLine>,
    refunds: Vec<RefundLine>,
}

#[derive(Deserialize)]
struct PaymentLine {
    out_trade_no: String,
    transaction_id: String,
    amount_fen: i64,
}

#[derive(Deserialize)]
struct RefundLine {
    out_refund_no: String,
    out_trade_no: String,
    amount_fen: i64,
    state: String,
}

/// Compares our payments and refunds with the ledger of the sandbox at `url`, such as
/// `http://127.0.0.1:8090`. Blocking: not to be called on an async thread.
///
/// The sandbox is read first, so that what is booked here in between brings no false finding of
/// money that came in; what the jobs have yet to do does.
///
/// # Errors
/// [`SandboxError`].
pub fn compare_with_sandbox(
    ours: &dyn ReconcileQueries,
    url: &str,
) -> Result<Vec<Finding>, SandboxError> {
    let ledger = fetch(url)?;
    let payments: Vec<BookedPayment> = ledger.payments.into_iter().map(booked_payment).collect();
    let refunds: Vec<BookedRefund> = ledger
        .refunds
        .into_iter()
        .map(booked_refund)
        .collect::<Result<_, _>>()?;
    let (attempts, differences) = (ours.payment_attempts()?, ours.payment_differences()?);
    let mut findings = compare_payments(&attempts, &differences, &payments);
    findings.extend(compare_refunds(&ours.refund_submissions()?, &refunds));
    Ok(findings)
}

fn fetch(url: &str) -> Result<Ledger, reqwest::Error> {
    let client = reqwest::blocking::Client::builder()
        .timeout(TIMEOUT)
        .no_proxy()
        .build()?;
    let address = format!("{}/sandbox/ledger", url.trim_end_matches('/'));
    client.get(address).send()?.error_for_status()?.json()
}

fn booked_payment(line: PaymentLine) -> BookedPayment {
    BookedPayment {
        number: line.out_trade_no,
        transaction_id: line.transaction_id,
        amount_fen: line.amount_fen,
    }
}

fn booked_refund(line: RefundLine) -> Result<BookedRefund, SandboxError> {
    let outcome = match line.state.as_str() {
        "PROCESSING" => ProviderRefund::Processing,
        "SUCCESS" => ProviderRefund::Succeeded,
        "CLOSED" | "ABNORMAL" => ProviderRefund::Failed,
        _ => return Err(SandboxError::State(line.state)),
    };
    Ok(BookedRefund {
        number: line.out_refund_no,
        order_number: line.out_trade_no,
        amount_fen: line.amount_fen,
        outcome,
    })
}
