//! What the gate clerk tells the visitor.

use chrono::{DateTime, Utc};

use crate::order::{Order, Ticket};
use crate::rules::Rules;
use crate::text::LocalText;
use crate::visit_date::{VisitDate, shanghai};

use super::{Doorway, Verdict, use_in};

/// Words that are the same for every ticket, in Chinese and in English.
type Words = (&'static str, &'static str);

const ADMITTED: Words = ("检票通过，请入内", "Admitted; welcome");
const REFUNDED: Words = ("该票已退，不能入院", "This ticket was refunded");
const UNPAID: Words = ("订单尚未支付，不能入院", "The order is not paid");
const CANCELLED: Words = ("订单已取消，不能入院", "The order was cancelled");
const NOT_FOR_HERE: Words = (
    "该票不含本馆，不能入馆",
    "This ticket does not include this hall",
);
const MAIN_GATE_FIRST: Words = (
    "请先在故宫入口检票入院，再参观展馆",
    "Please enter the palace by the main gate first",
);
const CERTIFICATE_NEEDED: Words = (
    "请出示学生证，核验后再次检票",
    "Please show the student certificate; once it is seen, check in again",
);
const DAY_CLOSED: Words = (
    "今日闭馆，不能入院；请联系工作人员全额退票",
    "The museum is closed today; staff will refund the ticket in full",
);

/// The words for a verdict about a ticket of an order. They name neither person nor document.
#[must_use]
pub fn message(
    verdict: Verdict,
    order: &Order,
    ticket: &Ticket,
    doorway: &Doorway,
    rules: &Rules,
) -> LocalText {
    match verdict {
        Verdict::Admitted => fixed(ADMITTED),
        Verdict::NotYetValid => not_yet_valid(order, doorway),
        Verdict::Expired => expired(order, ticket, doorway),
        Verdict::WrongDate => wrong_date(order),
        Verdict::AlreadyUsed => already_used(ticket, doorway),
        Verdict::Refunded => fixed(REFUNDED),
        Verdict::Unpaid => fixed(UNPAID),
        Verdict::Cancelled => fixed(CANCELLED),
        Verdict::NoTicket => fixed(NOT_FOR_HERE),
        Verdict::MainGateFirst => fixed(MAIN_GATE_FIRST),
        Verdict::CertificateNeeded => fixed(CERTIFICATE_NEEDED),
        Verdict::AdultNeeded => adult_needed(rules),
        Verdict::DayClosed => fixed(DAY_CLOSED),
    }
}

fn fixed((zh, en): Words) -> LocalText {
    LocalText::new(zh, en)
}

/// The words for a look-up that found nothing.
#[must_use]
pub(crate) fn nothing_found() -> LocalText {
    LocalText::new(
        "未查到门票；请核对证件号码，护照须同时填写国籍",
        "No ticket was found; please check the document number, and state a passport's nationality",
    )
}

fn wrong_date(order: &Order) -> LocalText {
    LocalText::new(
        format!("该票的参观日期为 {}，不是今天", order.date),
        format!("This ticket is for {}, not for today", order.date),
    )
}

fn adult_needed(rules: &Rules) -> LocalText {
    let (age, most) = (rules.accompanied_age, rules.children_per_adult);
    LocalText::new(
        format!("{age} 周岁及以下须由成人陪同入院，每位成人最多带 {most} 名；请与同行成人一并检票"),
        format!(
            "Children of {age} and under enter with an adult, who leads at most {most}; please \
             show the adult's ticket together with the child's"
        ),
    )
}

fn not_yet_valid(order: &Order, doorway: &Doorway) -> LocalText {
    let Some(hours) = doorway.hours() else {
        return LocalText::new("未到入院时间", "Not yet valid");
    };
    let from = doorway.session.entry_window(order.date, hours).from;
    let (name, from) = (doorway.session.name(), time_of_day(from));
    LocalText::new(
        format!("未到入院时间：{}自 {from} 起入院", name.zh()),
        format!("Not yet valid: {} entry begins at {from}", name.en()),
    )
}

fn expired(order: &Order, ticket: &Ticket, doorway: &Doorway) -> LocalText {
    let Some(hours) = doorway.hours() else {
        return LocalText::new("门票已过期", "This ticket has expired");
    };
    if ticket.venue != doorway.venue {
        let closes = hours.closes().format("%H:%M");
        return LocalText::new(
            format!("展馆已于 {closes} 闭馆"),
            format!("The halls closed at {closes}"),
        );
    }
    let window = doorway.session.entry_window(order.date, hours);
    let (name, until) = (doorway.session.name(), window.printed_until.format("%H:%M"));
    LocalText::new(
        format!("门票已过期：{}入院截止时间为 {until}", name.zh()),
        format!("Expired: {} entry ended at {until}", name.en()),
    )
}

fn already_used(ticket: &Ticket, doorway: &Doorway) -> LocalText {
    let Some(used) = use_in(ticket, &doorway.venue) else {
        return LocalText::new("该票已使用", "This ticket was used");
    };
    let at = if VisitDate::containing(used.at) == doorway.today() {
        time_of_day(used.at)
    } else {
        let at = used.at.with_timezone(&shanghai());
        at.format("%Y-%m-%d %H:%M").to_string()
    };
    LocalText::new(
        format!("该票已于 {at} 在「{}」检票", used.gate),
        format!("This ticket was used at {at} at the gate {}", used.gate),
    )
}

fn time_of_day(instant: DateTime<Utc>) -> String {
    let local = instant.with_timezone(&shanghai());
    local.format("%H:%M").to_string()
}
