//! The rows of payment attempts and differences, and how they are read for reconciling.

use chrono::NaiveDateTime;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::account::OpenId;
use domain::id::OrderNumber;
use domain::payment::{
    AttemptState, DifferenceCause, PaymentAttempt, PaymentDifference, PaymentNews,
};
use domain::ports::StoreError;

use crate::ids::DbId;
use crate::mapping::{corrupt, fen};
use crate::schema::{payment_attempts, payment_differences};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_attempts, check_for_backend(Mysql))]
pub(crate) struct AttemptRow {
    pub(super) number: String,
    order_id: DbId,
    amount_fen: i64,
    payer_open_id: String,
    time_expire: NaiveDateTime,
    state: String,
    prepay_id: Option<String>,
    transaction_id: Option<String>,
    created_at: NaiveDateTime,
    pub(super) next_check_at: NaiveDateTime,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_differences, check_for_backend(Mysql))]
pub(crate) struct DifferenceRow {
    transaction_id: String,
    cause: String,
    number: String,
    amount_fen: i64,
    expected_fen: Option<i64>,
    payer_open_id: String,
    success_time: NaiveDateTime,
    noticed_at: NaiveDateTime,
}

impl From<&PaymentAttempt> for AttemptRow {
    fn from(attempt: &PaymentAttempt) -> Self {
        Self {
            number: attempt.number.as_str().to_owned(),
            order_id: attempt.order.into(),
            amount_fen: attempt.amount.amount(),
            payer_open_id: attempt.payer.as_str().to_owned(),
            time_expire: attempt.time_expire.naive_utc(),
            state: attempt.state.code().to_owned(),
            prepay_id: attempt.prepay_id.clone(),
            transaction_id: attempt.transaction_id.clone(),
            created_at: attempt.created_at.naive_utc(),
            next_check_at: attempt.next_check_at.naive_utc(),
        }
    }
}

impl TryFrom<AttemptRow> for PaymentAttempt {
    type Error = StoreError;

    fn try_from(row: AttemptRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: OrderNumber::parse(&row.number)
                .map_err(|_| corrupt("payment_attempts.number"))?,
            order: row.order_id.into(),
            amount: fen(row.amount_fen)?,
            payer: OpenId::parse(&row.payer_open_id)
                .map_err(|_| corrupt("payment_attempts.payer_open_id"))?,
            time_expire: row.time_expire.and_utc(),
            state: AttemptState::parse(&row.state)
                .map_err(|_| corrupt("payment_attempts.state"))?,
            prepay_id: row.prepay_id,
            transaction_id: row.transaction_id,
            created_at: row.created_at.and_utc(),
            next_check_at: row.next_check_at.and_utc(),
        })
    }
}

impl From<&PaymentDifference> for DifferenceRow {
    fn from(difference: &PaymentDifference) -> Self {
        let news = &difference.news;
        Self {
            transaction_id: news.transaction_id.clone(),
            cause: difference.cause.code().to_owned(),
            number: news.number.as_str().to_owned(),
            amount_fen: news.amount.amount(),
            expected_fen: difference.expected.map(|expected| expected.amount()),
            payer_open_id: news.payer.as_str().to_owned(),
            success_time: news.success_time.naive_utc(),
            noticed_at: difference.noticed_at.naive_utc(),
        }
    }
}

impl TryFrom<DifferenceRow> for PaymentDifference {
    type Error = StoreError;

    fn try_from(row: DifferenceRow) -> Result<Self, StoreError> {
        Ok(Self {
            news: PaymentNews {
                number: OrderNumber::parse(&row.number)
                    .map_err(|_| corrupt("payment_differences.number"))?,
                transaction_id: row.transaction_id,
                amount: fen(row.amount_fen)?,
                payer: OpenId::parse(&row.payer_open_id)
                    .map_err(|_| corrupt("payment_differences.payer_open_id"))?,
                success_time: row.success_time.and_utc(),
            },
            expected: row.expected_fen.map(fen).transpose()?,
            cause: DifferenceCause::parse(&row.cause)
                .map_err(|_| corrupt("payment_differences.cause"))?,
            noticed_at: row.noticed_at.and_utc(),
        })
    }
}

/// All attempts, by number.
pub(crate) fn all_attempts(connection: &mut MysqlConnection) -> QueryResult<Vec<AttemptRow>> {
    payment_attempts::table
        .order(payment_attempts::number)
        .select(AttemptRow::as_select())
        .load(connection)
}

/// All differences, by the provider's number.
pub(crate) fn all_differences(connection: &mut MysqlConnection) -> QueryResult<Vec<DifferenceRow>> {
    payment_differences::table
        .order((
            payment_differences::transaction_id,
            payment_differences::cause,
        ))
        .select(DifferenceRow::as_select())
        .load(connection)
}
