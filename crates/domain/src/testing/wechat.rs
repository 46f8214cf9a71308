//! WeChat as a test wants it: answers given beforehand, calls written down.

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::account::OpenId;
use crate::id::OrderNumber;
use crate::payment::PaymentNews;
use crate::phone::Phone;
use crate::ports::{
    ClientPayment, LoginError, NotificationError, PaymentProvider, PrepayRequest, ProviderError,
    ProviderPayment, ProviderRefund, RefundNews, RefundSubmission, SignedNotification, WechatLogin,
};

use super::memory::lock;

/// Answers that are given one after the other.
#[derive(Debug)]
struct Script<T>(Mutex<VecDeque<T>>);

impl<T> Default for Script<T> {
    fn default() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }
}

impl<T> Script<T> {
    fn add(&self, answer: T) {
        lock(&self.0).push_back(answer);
    }

    fn next(&self) -> Option<T> {
        lock(&self.0).pop_front()
    }
}

/// WeChat's login with answers given beforehand.
///
/// Without an answer left it is [`LoginError::Unavailable`].
#[derive(Debug, Default)]
pub struct ScriptedLogin {
    persons: Script<Result<OpenId, LoginError>>,
    phones: Script<Result<Phone, LoginError>>,
    codes: Mutex<Vec<String>>,
}

impl ScriptedLogin {
    /// A login that knows no answer yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a further [`sign_in`](WechatLogin::sign_in) so.
    pub fn answer_sign_in(&self, answer: Result<OpenId, LoginError>) {
        self.persons.add(answer);
    }

    /// Answers a further [`phone`](WechatLogin::phone) so.
    pub fn answer_phone(&self, answer: Result<Phone, LoginError>) {
        self.phones.add(answer);
    }

    /// The codes that were asked about, in order.
    #[must_use]
    pub fn codes(&self) -> Vec<String> {
        lock(&self.codes).clone()
    }
}

fn no_answer() -> LoginError {
    LoginError::Unavailable("the test gave no answer".to_owned())
}

impl WechatLogin for ScriptedLogin {
    fn sign_in(&self, code: &str) -> Result<OpenId, LoginError> {
        lock(&self.codes).push(code.to_owned());
        self.persons.next().unwrap_or_else(|| Err(no_answer()))
    }

    fn phone(&self, code: &str) -> Result<Phone, LoginError> {
        lock(&self.codes).push(code.to_owned());
        self.phones.next().unwrap_or_else(|| Err(no_answer()))
    }
}

/// A call that the payment provider got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderCall {
    /// [`PaymentProvider::prepay`].
    Prepay(PrepayRequest),
    /// [`PaymentProvider::query`].
    Query(OrderNumber),
    /// [`PaymentProvider::close`].
    Close(OrderNumber),
    /// [`PaymentProvider::refund`].
    Refund(RefundSubmission),
    /// [`PaymentProvider::query_refund`], with the submission's number.
    QueryRefund(String),
}

/// The payment provider with answers given beforehand.
///
/// Without an answer left everything goes well and nothing is decided: payments are prepared as
/// `prepay-` and the order's number, open, closed when asked; refunds are being processed;
/// notifications are not believed.
#[derive(Debug, Default)]
pub struct ScriptedPayments {
    prepays: Script<Result<String, ProviderError>>,
    queries: Script<Result<ProviderPayment, ProviderError>>,
    closes: Script<Result<(), ProviderError>>,
    refunds: Script<Result<ProviderRefund, ProviderError>>,
    refund_queries: Script<Result<ProviderRefund, ProviderError>>,
    payment_news: Script<Result<PaymentNews, NotificationError>>,
    refund_news: Script<Result<RefundNews, NotificationError>>,
    calls: Mutex<Vec<ProviderCall>>,
}

impl ScriptedPayments {
    /// A provider to which everything goes well.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a further [`prepay`](PaymentProvider::prepay) so.
    pub fn answer_prepay(&self, answer: Result<String, ProviderError>) {
        self.prepays.add(answer);
    }

    /// Answers a further [`query`](PaymentProvider::query) so.
    pub fn answer_query(&self, answer: Result<ProviderPayment, ProviderError>) {
        self.queries.add(answer);
    }

    /// Answers a further [`close`](PaymentProvider::close) so.
    pub fn answer_close(&self, answer: Result<(), ProviderError>) {
        self.closes.add(answer);
    }

    /// Answers a further [`refund`](PaymentProvider::refund) so.
    pub fn answer_refund(&self, answer: Result<ProviderRefund, ProviderError>) {
        self.refunds.add(answer);
    }

    /// Answers a further [`query_refund`](PaymentProvider::query_refund) so.
    pub fn answer_refund_query(&self, answer: Result<ProviderRefund, ProviderError>) {
        self.refund_queries.add(answer);
    }

    /// Reads a further payment notification so, whatever it holds.
    pub fn answer_payment_notification(&self, answer: Result<PaymentNews, NotificationError>) {
        self.payment_news.add(answer);
    }

    /// Reads a further refund notification so, whatever it holds.
    pub fn answer_refund_notification(&self, answer: Result<RefundNews, NotificationError>) {
        self.refund_news.add(answer);
    }

    /// The calls that went to the provider, in order; signing and reading make none.
    #[must_use]
    pub fn calls(&self) -> Vec<ProviderCall> {
        lock(&self.calls).clone()
    }

    fn note(&self, call: ProviderCall) {
        lock(&self.calls).push(call);
    }
}

impl PaymentProvider for ScriptedPayments {
    fn prepay(&self, request: &PrepayRequest) -> Result<String, ProviderError> {
        self.note(ProviderCall::Prepay(request.clone()));
        let answer = self.prepays.next();
        answer.unwrap_or_else(|| Ok(format!("prepay-{}", request.number)))
    }

    fn sign_for_client(&self, prepay_id: &str) -> Result<ClientPayment, ProviderError> {
        Ok(ClientPayment {
            time_stamp: "0".to_owned(),
            nonce: "nonce".to_owned(),
            package: format!("prepay_id={prepay_id}"),
            sign_type: "RSA",
            pay_sign: "signature".to_owned(),
        })
    }

    fn query(&self, number: &OrderNumber) -> Result<ProviderPayment, ProviderError> {
        self.note(ProviderCall::Query(number.clone()));
        self.queries.next().unwrap_or(Ok(ProviderPayment::Open))
    }

    fn close(&self, number: &OrderNumber) -> Result<(), ProviderError> {
        self.note(ProviderCall::Close(number.clone()));
        self.closes.next().unwrap_or(Ok(()))
    }

    fn refund(&self, submission: &RefundSubmission) -> Result<ProviderRefund, ProviderError> {
        self.note(ProviderCall::Refund(submission.clone()));
        let answer = self.refunds.next();
        answer.unwrap_or(Ok(ProviderRefund::Processing))
    }

    fn query_refund(&self, number: &str) -> Result<ProviderRefund, ProviderError> {
        self.note(ProviderCall::QueryRefund(number.to_owned()));
        let answer = self.refund_queries.next();
        answer.unwrap_or(Ok(ProviderRefund::Processing))
    }

    fn read_payment_notification(
        &self,
        _notification: &SignedNotification,
    ) -> Result<PaymentNews, NotificationError> {
        let answer = self.payment_news.next();
        answer.unwrap_or(Err(NotificationError::BadSignature))
    }

    fn read_refund_notification(
        &self,
        _notification: &SignedNotification,
    ) -> Result<RefundNews, NotificationError> {
        let answer = self.refund_news.next();
        answer.unwrap_or(Err(NotificationError::BadSignature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_answers_in_order_and_then_not_at_all() {
        let login = ScriptedLogin::new();
        let person = OpenId::parse("person-1").unwrap();
        login.answer_sign_in(Ok(person.clone()));
        login.answer_sign_in(Err(LoginError::InvalidCode));
        assert_eq!(login.sign_in("one"), Ok(person));
        assert_eq!(login.sign_in("two"), Err(LoginError::InvalidCode));
        assert_eq!(login.sign_in("three"), Err(no_answer()));
        assert_eq!(login.phone("four"), Err(no_answer()));
        assert_eq!(login.codes(), ["one", "two", "three", "four"]);
    }

    #[test]
    fn the_provider_notes_what_it_is_asked() {
        let provider = ScriptedPayments::new();
        let number = OrderNumber::parse("261124000000000011").unwrap();
        provider.answer_query(Ok(ProviderPayment::Closed));
        assert_eq!(provider.query(&number), Ok(ProviderPayment::Closed));
        assert_eq!(provider.query(&number), Ok(ProviderPayment::Open));
        assert_eq!(provider.close(&number), Ok(()));
        let calls = [
            ProviderCall::Query(number.clone()),
            ProviderCall::Query(number.clone()),
            ProviderCall::Close(number),
        ];
        assert_eq!(provider.calls(), calls);
    }
}
