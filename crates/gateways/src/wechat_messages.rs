//! WeChat's subscribe messages: the domain's [`domain::ports::TouristMessenger`].
//!
//! A tourist accepts a template in the mini-program, once for one message; whether that has
//! happened, only WeChat knows. What is told to whom is never logged.

mod field;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::clock::Clock;
use domain::delivery::Failure;
use domain::message_parts::{MessagePart, TouristMessage};
use domain::outbox::MessageKind;
use domain::ports::{SendError, TouristMessenger};
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use self::field::Field;
use crate::settings::{SettingsError, require};
use crate::wechat_login::{ApiError, WechatLoginClient, WechatLoginSettings};

/// The template of one kind of message, as it was set up in WeChat's console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTemplate {
    /// WeChat's id of it.
    pub id: String,
    /// In which of its fields, such as `thing2`, each part stands.
    pub fields: BTreeMap<MessagePart, String>,
}

/// What messages need.
#[derive(Debug, Clone)]
pub struct WechatMessagesSettings {
    /// The mini-program at WeChat's server API.
    pub mini_program: WechatLoginSettings,
    /// The page of the mini-program that shows an order; the order's id is appended as `?id=`.
    pub order_page: String,
    /// The templates by kind; a kind without one is not sent.
    pub templates: Vec<(MessageKind, MessageTemplate)>,
}

/// Sends subscribe messages.
///
/// Blocking: see the note at the head of this crate.
pub struct WechatMessages {
    client: WechatLoginClient,
    order_page: String,
    templates: Vec<(MessageKind, Template)>,
}

/// A template whose fields can hold what they are to hold.
struct Template {
    id: String,
    fields: Vec<(MessagePart, Field)>,
}

impl WechatMessages {
    /// A messenger with these settings; nothing is called yet. Tokens age by `clock`.
    ///
    /// # Errors
    /// [`SettingsError`] that names the first setting that cannot be used.
    pub fn new(
        settings: WechatMessagesSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        require("order_page", &settings.order_page)?;
        let templates = settings.templates.into_iter();
        let templates: Result<Vec<_>, SettingsError> = templates
            .map(|(kind, template)| Ok((kind, Template::new(template)?)))
            .collect();
        Ok(Self {
            client: WechatLoginClient::new(settings.mini_program, clock)?,
            order_page: settings.order_page,
            templates: templates?,
        })
    }

    fn template(&self, kind: MessageKind) -> Option<&Template> {
        let found = self.templates.iter().find(|(known, _)| *known == kind);
        found.map(|(_, template)| template)
    }
}

impl Template {
    fn new(template: MessageTemplate) -> Result<Self, SettingsError> {
        require("templates.id", &template.id)?;
        let fields: Result<Vec<_>, SettingsError> = template
            .fields
            .iter()
            .map(|(part, name)| Ok((*part, Field::parse(*part, name)?)))
            .collect();
        let fields = fields?;
        if fields.is_empty() {
            return Err(SettingsError::new("templates.fields", "there is none"));
        }
        Ok(Self {
            id: template.id,
            fields,
        })
    }

    /// `{"thing2": {"value": "上午场"}, …}`.
    fn filled(&self, message: &TouristMessage) -> Value {
        let mut data = Map::new();
        for (part, value) in &message.parts {
            for (_, field) in self.fields.iter().filter(|(place, _)| place == part) {
                let value = json!({"value": field.written(value)});
                data.insert(field.name().to_owned(), value);
            }
        }
        Value::Object(data)
    }
}

impl TouristMessenger for WechatMessages {
    fn send(&self, message: &TouristMessage) -> Result<(), SendError> {
        let template = self
            .template(message.kind)
            .ok_or(SendError::NotConfigured)?;
        let body = json!({
            "touser": message.to.as_str(),
            "template_id": template.id,
            "page": format!("{}?id={}", self.order_page, message.order),
            "data": template.filled(message),
        });
        let path = ["cgi-bin", "message", "subscribe", "send"];
        let sent: Result<IgnoredAny, ApiError> = self.client.call("message", &path, &body);
        sent.map(drop).map_err(meaning)
    }
}

/// What stands in the way of a message.
fn meaning(error: ApiError) -> SendError {
    match error {
        ApiError::Code(code @ 43101) => SendError::Refused(Failure::Errcode(code)),
        // The openid, the template, the page, the body's form, a field.
        ApiError::Code(code @ (40003 | 40037 | 41030 | 47001 | 47003)) => {
            SendError::Wrong(Failure::Errcode(code))
        }
        // Busy, too many calls, a token or a secret that staff have to mend.
        ApiError::Code(code) => SendError::Later(Failure::Errcode(code)),
        ApiError::Unavailable(_) => SendError::Later(Failure::NoAnswer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errcodes_have_their_meaning() {
        let code = |code| meaning(ApiError::Code(code));
        assert_eq!(code(43101), SendError::Refused(Failure::Errcode(43101)));
        for wrong in [40003, 40037, 41030, 47001, 47003] {
            assert_eq!(code(wrong), SendError::Wrong(Failure::Errcode(wrong)));
        }
        for later in [-1, 40001, 42001, 45009, 48001] {
            assert_eq!(code(later), SendError::Later(Failure::Errcode(later)));
        }
        let silence = meaning(ApiError::Unavailable("no answer in time".to_owned()));
        assert_eq!(silence, SendError::Later(Failure::NoAnswer));
    }

    #[test]
    fn a_template_that_cannot_be_filled_is_refused() {
        let template = |id: &str, fields: &[(MessagePart, &str)]| {
            let fields = fields
                .iter()
                .map(|(part, name)| (*part, (*name).to_owned()));
            let template = MessageTemplate {
                id: id.to_owned(),
                fields: fields.collect(),
            };
            Template::new(template).map(|_| ()).map_err(|e| e.setting)
        };
        let session = (MessagePart::Session, "thing2");
        assert_eq!(template("t1", &[session]), Ok(()));
        assert_eq!(template("", &[session]), Err("templates.id"));
        assert_eq!(template("t1", &[]), Err("templates.fields"));
        let wrong = (MessagePart::Session, "amount2");
        assert_eq!(template("t1", &[wrong]), Err("templates.fields"));
    }
}
