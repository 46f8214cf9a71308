//! WeChat: login, phone numbers and payment. Called between transactions, never inside one.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::account::OpenId;
use crate::id::OrderNumber;
use crate::money::Fen;
use crate::payment::PaymentNews;
use crate::phone::Phone;

/// Why WeChat did not tell who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LoginError {
    /// The code is wrong, used or expired.
    #[error("WeChat does not accept the code")]
    InvalidCode,
    /// WeChat blocks this person as high-risk.
    #[error("WeChat blocks this person")]
    Blocked,
    /// WeChat asks to slow down.
    #[error("WeChat asks to slow down")]
    TooFrequent,
    /// WeChat is busy, unreachable, or answers what cannot be understood.
    #[error("WeChat is not available: {0}")]
    Unavailable(String),
}

/// WeChat's login and phone numbers.
pub trait WechatLogin: Send + Sync {
    /// The person behind a code of `wx.login`.
    fn sign_in(&self, code: &str) -> Result<OpenId, LoginError>;
    /// The verified number behind a code of `getPhoneNumber`.
    fn phone(&self, code: &str) -> Result<Phone, LoginError>;
}

/// Why the payment provider did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProviderError {
    /// It may or may not have happened: repeat unchanged, or ask.
    #[error("the payment provider's answer is unknown: {0}")]
    Unknown(String),
    /// It has not happened and repeating will not help.
    #[error("the payment provider refuses: {code}")]
    Refused {
        /// The provider's code.
        code: String,
    },
    /// The order is paid already.
    #[error("the order is paid already")]
    AlreadyPaid,
}

/// What a prepared payment needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrepayRequest {
    /// `out_trade_no`.
    pub number: OrderNumber,
    /// What the person sees.
    pub description: String,
    /// What is to be paid, more than 0.
    pub amount: Fen,
    /// Who is to pay.
    pub payer: OpenId,
    /// Until when.
    pub time_expire: DateTime<Utc>,
}

/// The parameters of `wx.requestPayment`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientPayment {
    /// Seconds since 1970.
    pub time_stamp: String,
    /// A random text.
    pub nonce: String,
    /// `prepay_id=…`.
    pub package: String,
    /// `RSA`.
    pub sign_type: &'static str,
    /// The signature.
    pub pay_sign: String,
}

/// What the provider says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderPayment {
    /// Paid.
    Paid(PaymentNews),
    /// Not paid, and may still be.
    Open,
    /// Will not be paid any more.
    Closed,
    /// The provider does not know the number.
    Unknown,
}

/// What the provider says of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderRefund {
    /// Accepted, not yet decided.
    Processing,
    /// The money is back.
    Succeeded,
    /// It needs a person.
    Failed,
    /// The provider does not know the number.
    Unknown,
}

/// A notification as it came: four headers and the raw body.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedNotification {
    /// `Wechatpay-Serial`.
    pub serial: String,
    /// `Wechatpay-Timestamp`.
    pub timestamp: String,
    /// `Wechatpay-Nonce`.
    pub nonce: String,
    /// `Wechatpay-Signature`.
    pub signature: String,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// News of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundNews {
    /// `out_refund_no`.
    pub number: String,
    /// What became of it.
    pub outcome: ProviderRefund,
}

/// Why a notification is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotificationError {
    /// Not signed by the provider, or too old.
    #[error("the signature of the notification is not valid")]
    BadSignature,
    /// Signed, but not what it should be.
    #[error("the notification cannot be read: {0}")]
    Unreadable(String),
    /// Signed and readable, and about something that asks for nothing to be done.
    #[error("the notification asks for nothing to be done")]
    Irrelevant,
}

/// The payment provider: WeChat Pay.
///
/// Every answer MUST be verified before it is believed. Numbers make all writing calls
/// repeatable: the same number never moves money twice.
pub trait PaymentProvider: Send + Sync {
    /// Prepares a payment; the provider's id of it.
    fn prepay(&self, request: &PrepayRequest) -> Result<String, ProviderError>;
    /// Signs a prepared payment for the client; no call is made.
    fn sign_for_client(&self, prepay_id: &str) -> Result<ClientPayment, ProviderError>;
    /// What has become of a payment.
    fn query(&self, number: &OrderNumber) -> Result<ProviderPayment, ProviderError>;
    /// Closes a payment that is not to be paid any more. `Ok` also if the provider never knew it.
    fn close(&self, number: &OrderNumber) -> Result<(), ProviderError>;
    /// Asks for money to go back.
    fn refund(&self, submission: &super::RefundSubmission)
    -> Result<ProviderRefund, ProviderError>;
    /// What has become of a refund.
    fn query_refund(&self, number: &str) -> Result<ProviderRefund, ProviderError>;
    /// Verifies and decrypts the notification of a payment.
    fn read_payment_notification(
        &self,
        notification: &SignedNotification,
    ) -> Result<PaymentNews, NotificationError>;
    /// Verifies and decrypts the notification of a refund.
    fn read_refund_notification(
        &self,
        notification: &SignedNotification,
    ) -> Result<RefundNews, NotificationError>;
}
