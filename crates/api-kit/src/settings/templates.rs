//! The templates of messages to tourists, as they were set up in WeChat's console.

use std::collections::BTreeMap;

use domain::message_parts::MessagePart;
use domain::outbox::MessageKind;
use serde::Deserialize;

use super::MessageTemplate;
use super::check::Problems;
use super::secrets::is_of_sandbox;

/// One for each kind of message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTemplates {
    order_paid: RawTemplate,
    late_payment_returned: RawTemplate,
    refund_succeeded: RawTemplate,
    visit_reminder: RawTemplate,
    banned: RawTemplate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTemplate {
    id: String,
    fields: BTreeMap<String, String>,
}

/// The templates that have an id; messages of the other kinds are not sent.
pub(super) fn check_templates(
    raw: RawTemplates,
    relaxed: bool,
    problems: &mut Problems,
) -> Vec<(MessageKind, MessageTemplate)> {
    [
        (
            MessageKind::OrderPaid,
            raw.order_paid,
            "wechat.templates.order_paid",
        ),
        (
            MessageKind::LatePaymentReturned,
            raw.late_payment_returned,
            "wechat.templates.late_payment_returned",
        ),
        (
            MessageKind::RefundSucceeded,
            raw.refund_succeeded,
            "wechat.templates.refund_succeeded",
        ),
        (
            MessageKind::VisitReminder,
            raw.visit_reminder,
            "wechat.templates.visit_reminder",
        ),
        (MessageKind::Banned, raw.banned, "wechat.templates.banned"),
    ]
    .into_iter()
    .filter(|(_, template, _)| !template.id.trim().is_empty())
    .map(|(kind, template, setting)| {
        let made_up = template.id.contains("sandbox") || is_of_sandbox(&template.id);
        problems.unless(relaxed || !made_up, setting, "is the sandbox's");
        let fields = check_fields(kind, template.fields, setting, problems);
        let id = template.id;
        (kind, MessageTemplate { id, fields })
    })
    .collect()
}

/// The fields that are not left out; whether WeChat takes there what is to stand in them, the
/// messenger checks, which knows WeChat's types.
fn check_fields(
    kind: MessageKind,
    raw: BTreeMap<String, String>,
    setting: &'static str,
    problems: &mut Problems,
) -> BTreeMap<MessagePart, String> {
    let mut fields = BTreeMap::new();
    for (part, field) in raw.into_iter().filter(|(_, field)| !field.is_empty()) {
        match MessagePart::parse(&part) {
            Ok(known) if kind.parts().contains(&known) => {
                fields.insert(known, field);
            }
            _ => problems.note(
                setting,
                "fields names a part that such messages do not have",
            ),
        }
    }
    problems.unless(!fields.is_empty(), setting, "must have a field");
    fields
}
