//! Notifications: encrypted, signed, and sent again until they are taken.

use std::time::Duration;

use actix_web::web::Bytes;
use aws_lc_rs::error::Unspecified;
use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use serde_json::json;

use super::news::{News, path_of};
use crate::beijing;
use crate::crypto::fresh_token;
use crate::crypto::sealing::Sealer;
use crate::crypto::signing::Hand;
use crate::faults::FaultKind;
use crate::state::{Shared, State};

/// WeChat's waits between deliveries, in seconds.
const WAITS: [u64; 15] = [
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
];
/// A fault may not flood a merchant.
const MOST_COPIES: i64 = 20;

/// A notification as it is sent: each delivery has the same id and body.
#[derive(Clone)]
struct Notification {
    url: String,
    body: Bytes,
}

/// Sends the news in the background, unless a fault drops it for good.
pub(crate) fn announce(state: &Shared, news: News) {
    let path = path_of(&news.url);
    if state
        .faults
        .take(FaultKind::DropNotification, &path)
        .is_some()
    {
        log::info!("dropped {} for {}", news.event_type, news.url);
        return;
    }
    let duplicate = state.faults.take(FaultKind::DuplicateNotification, &path);
    let copies = duplicate.map_or(0, |fault| fault.number().unwrap_or(1));
    let Ok(notification) = Notification::write(state, &news) else {
        log::error!("the notification for {} could not be encrypted", news.url);
        return;
    };
    // The copies go out at the same moment: two deliveries that race are the hard case.
    for _ in 0..=copies.min(MOST_COPIES) {
        let delivery = deliver(state.clone(), notification.clone());
        tokio::spawn(delivery);
    }
}

/// Sends the news once in a forger's hand and tells the merchant's answer.
pub(crate) async fn forge(state: &State, news: &News, hand: Hand) -> Option<StatusCode> {
    let notification = Notification::write(state, news).ok()?;
    notification.send(state, hand).await
}

async fn deliver(state: Shared, notification: Notification) {
    let path = path_of(&notification.url);
    let waits = WAITS
        .map(Duration::from_secs)
        .map(|wait| state.scaled(wait));
    for wait in waits.into_iter().map(Some).chain([None]) {
        let spoilt = state.faults.take(FaultKind::BadSignature, &path);
        let hand = spoilt.map_or(Hand::Platform, |_| Hand::Forger);
        let answer = notification.send(&state, hand).await;
        if matches!(answer, Some(StatusCode::OK | StatusCode::NO_CONTENT)) {
            return;
        }
        log::info!(
            "{} did not take a notification: {answer:?}",
            notification.url
        );
        if let Some(wait) = wait {
            tokio::time::sleep(wait).await;
        }
    }
    log::warn!("{} never took a notification", notification.url);
}

/// The body of a notification, its resource sealed.
pub(super) fn envelope(
    sealer: &Sealer,
    now: DateTime<Utc>,
    news: &News,
) -> Result<String, Unspecified> {
    let plaintext = news.resource.to_string();
    let sealed = sealer.seal(news.about, plaintext.as_bytes())?;
    let envelope = json!({
        "id": fresh_token(),
        "create_time": beijing::rfc3339(now),
        "resource_type": "encrypt-resource",
        "event_type": news.event_type,
        "summary": news.summary,
        "resource": {
            "original_type": news.about,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": sealed.ciphertext,
            "associated_data": news.about,
            "nonce": sealed.nonce,
        },
    });
    Ok(envelope.to_string())
}

impl Notification {
    fn write(state: &State, news: &News) -> Result<Self, Unspecified> {
        Ok(Self {
            url: news.url.clone(),
            body: envelope(&state.sealer, state.now(), news)?.into(),
        })
    }

    /// Delivers once, signed anew; `None` if there was no answer within five seconds.
    async fn send(&self, state: &State, hand: Hand) -> Option<StatusCode> {
        let timestamp = state.now().timestamp();
        let signed = state.signer.sign_body(hand, timestamp, &self.body).ok()?;
        let mut request = state
            .http
            .post(&self.url)
            .header("accept", "*/*")
            .header("content-type", "application/json")
            .header("wechatpay-signature-type", "WECHATPAY2-SHA256-RSA2048");
        for (name, value) in signed.pairs() {
            request = request.header(name, value);
        }
        let sent = request.body(self.body.clone()).send().await;
        sent.ok().map(|response| response.status())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_repeat_comes_a_day_and_four_minutes_later() {
        let all: u64 = WAITS.iter().sum();
        assert_eq!(all, 24 * 3600 + 4 * 60);
    }
}
