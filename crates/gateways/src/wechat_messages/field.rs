//! How WeChat wants values written: by the type that a field's name begins with.

use chrono::{DateTime, Utc};
use domain::message_parts::{MessagePart, PartValue};
use domain::visit_date::{VisitDate, shanghai};

use crate::settings::SettingsError;
use crate::wechat_text::fitted;

/// A field of a template, such as `thing2`.
pub(super) struct Field {
    name: String,
    kind: FieldKind,
}

/// What WeChat takes in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FieldKind {
    /// At most 20 characters of any kind.
    Thing,
    /// At most 5 Chinese characters.
    Phrase,
    /// At most 32 digits, Latin letters or signs.
    CharacterString,
    /// At most 32 digits.
    Number,
    /// An amount with its sign.
    Amount,
    /// A day, a time of day, or a period of both.
    Time,
    /// A day.
    Date,
}

impl FieldKind {
    fn of(name: &str) -> Option<Self> {
        let kind = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let numbered = kind.len() < name.len();
        let kind = match kind {
            "thing" => Self::Thing,
            "phrase" => Self::Phrase,
            "character_string" => Self::CharacterString,
            "number" => Self::Number,
            "amount" => Self::Amount,
            "time" => Self::Time,
            "date" => Self::Date,
            _ => return None,
        };
        numbered.then_some(kind)
    }

    /// Whether a part may stand in a field of this kind.
    fn takes(self, part: MessagePart) -> bool {
        use MessagePart::{
            Amount, BannedUntil, Entry, Note, OrderNumber, Session, VisitDay, Visitors,
        };
        match part {
            OrderNumber => matches!(self, Self::CharacterString | Self::Thing),
            Session => matches!(self, Self::Phrase | Self::Thing),
            VisitDay | BannedUntil => matches!(self, Self::Date | Self::Thing),
            Entry => matches!(self, Self::Time | Self::Date | Self::Thing),
            Visitors => matches!(self, Self::Number | Self::Thing),
            Amount => matches!(self, Self::Amount | Self::Thing),
            Note => self == Self::Thing,
        }
    }
}

impl Field {
    /// Reads the name of a field that is to hold `part`.
    pub(super) fn parse(part: MessagePart, name: &str) -> Result<Self, SettingsError> {
        let refuse = |problem| SettingsError::new("templates.fields", problem);
        let kind = FieldKind::of(name)
            .ok_or_else(|| refuse("a field is named thing1, time2, date3, amount4 and the like"))?;
        if !kind.takes(part) {
            return Err(refuse(
                "a part stands in a field of a type that cannot hold it",
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            kind,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The value as WeChat takes it in this field.
    pub(super) fn written(&self, value: &PartValue) -> String {
        let longest = match self.kind {
            FieldKind::Phrase => 5,
            FieldKind::Thing => 20,
            FieldKind::CharacterString | FieldKind::Number => 32,
            FieldKind::Amount | FieldKind::Time | FieldKind::Date => usize::MAX,
        };
        let text = match value {
            PartValue::Code(text) | PartValue::Text(text) => text.clone(),
            PartValue::Count(count) if self.kind == FieldKind::Number => count.to_string(),
            PartValue::Count(count) => format!("{count}人"),
            PartValue::Amount(amount) => amount.to_string(),
            PartValue::Day(day) => day_text(*day),
            // Without the year it fits into 20 characters.
            PartValue::Period { from, until } if self.kind == FieldKind::Thing => {
                period_text("%-m月%-d日", *from, *until)
            }
            PartValue::Period { from, until } => period_text("%Y年%-m月%-d日", *from, *until),
        };
        fitted(&text, longest)
    }
}

fn day_text(day: VisitDate) -> String {
    day.date().format("%Y年%-m月%-d日").to_string()
}

/// As `2026年12月1日 08:30~12:00`, in Shanghai.
fn period_text(day: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> String {
    let local = |at: DateTime<Utc>| at.with_timezone(&shanghai());
    let (from, until) = (local(from), local(until));
    format!(
        "{} {}~{}",
        from.format(day),
        from.format("%H:%M"),
        until.format("%H:%M")
    )
}

#[cfg(test)]
mod tests {
    use domain::money::Fen;

    use super::*;

    fn written(part: MessagePart, name: &str, value: &PartValue) -> String {
        Field::parse(part, name).unwrap().written(value)
    }

    fn instant(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn values_are_written_as_their_field_takes_them() {
        use MessagePart::{Amount, Entry, OrderNumber, VisitDay, Visitors};
        let entry = PartValue::Period {
            from: instant("2026-12-31T08:30:00+08:00"),
            until: instant("2026-12-31T12:00:00+08:00"),
        };
        let day = PartValue::Day(VisitDate::parse("2026-12-31").unwrap());
        let number = PartValue::Code("261124000000000011".to_owned());
        let amount = PartValue::Amount(Fen::new(4050).unwrap());
        for (part, name, value, expected) in [
            (Entry, "time3", &entry, "2026年12月31日 08:30~12:00"),
            (Entry, "thing3", &entry, "12月31日 08:30~12:00"),
            (VisitDay, "date1", &day, "2026年12月31日"),
            (VisitDay, "thing1", &day, "2026年12月31日"),
            (
                OrderNumber,
                "character_string1",
                &number,
                "261124000000000011",
            ),
            (Amount, "amount4", &amount, "¥40.50"),
            (Visitors, "number5", &PartValue::Count(3), "3"),
            (Visitors, "thing5", &PartValue::Count(3), "3人"),
        ] {
            assert_eq!(written(part, name, value), expected, "{name}");
        }
    }

    #[test]
    fn texts_are_cut_between_characters() {
        let long = PartValue::Text("故宫博物院".repeat(5));
        let note = written(MessagePart::Note, "thing1", &long);
        assert_eq!(note.chars().count(), 20);
        assert!(note.starts_with("故宫博物院"));
        assert_eq!(
            written(MessagePart::Session, "phrase1", &long),
            "故宫博物院"
        );
        let rare = PartValue::Text("𠮷".to_owned());
        assert_eq!(written(MessagePart::Note, "thing1", &rare), "〓");
    }

    #[test]
    fn a_part_stands_in_a_field_that_can_hold_it() {
        use MessagePart::{Amount, Entry, Note, OrderNumber};
        for (part, name) in [
            (Note, "time1"),
            (Amount, "number1"),
            (Entry, "amount1"),
            (OrderNumber, "phrase1"),
            (Note, "thing"),
            (Note, "1thing"),
            (Note, ""),
            (Note, "car_number1"),
        ] {
            assert!(Field::parse(part, name).is_err(), "{part:?} {name}");
        }
        for part in MessagePart::ALL {
            assert!(Field::parse(*part, "thing12").is_ok(), "{part:?}");
        }
    }
}
