//! Lengths of time as a person types them.

use std::str::FromStr;

use chrono::TimeDelta;

/// A positive length of time such as `31m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) TimeDelta);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text} is not a whole number followed by s, m, h or d");
        let unit_at = text.len().saturating_sub(1);
        let (number, unit) = text.split_at_checked(unit_at).ok_or_else(wrong)?;
        let seconds: u32 = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(wrong()),
        };
        let number: u32 = number.parse().map_err(|_| wrong())?;
        let span = i64::from(number).checked_mul(i64::from(seconds));
        span.and_then(TimeDelta::try_seconds)
            .map(Self)
            .ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_number_and_a_unit() {
        let seconds = |text: &str| text.parse::<Span>().map(|span| span.0.num_seconds());
        assert_eq!(seconds("45s"), Ok(45));
        assert_eq!(seconds("31m"), Ok(1_860));
        assert_eq!(seconds("2h"), Ok(7_200));
        assert_eq!(seconds("14d"), Ok(1_209_600));
    }

    #[test]
    fn refuses_all_else() {
        for text in [
            "",
            "m",
            "31",
            "-5m",
            "1.5h",
            "5w",
            "5 m",
            "五分",
            "99999999999s",
        ] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
