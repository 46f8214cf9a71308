//! Amounts of money, in integer fen (rule 2.4).

use std::fmt;

use thiserror::Error;

/// An amount of money in fen, a hundredth of a yuan; from 0 to [`Fen::MAX`].
///
/// Never a float and never negative: what is owed in the other direction is another noun, a refund.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

/// Why a number is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Below 0.
    #[error("an amount of money is never negative")]
    Negative,
    /// Above [`Fen::MAX`].
    #[error("an amount of money is at most 10,000,000,000 yuan")]
    TooLarge,
}

impl Fen {
    /// Nothing to pay.
    pub const ZERO: Self = Self(0);
    /// The largest amount, 10¹² fen: far above a year's turnover, far below what `i64` overflows at.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// An amount of `amount` fen.
    ///
    /// # Errors
    /// If `amount` is negative or above [`Fen::MAX`].
    pub const fn new(amount: i64) -> Result<Self, MoneyError> {
        if amount < 0 {
            Err(MoneyError::Negative)
        } else if amount > Self::MAX.0 {
            Err(MoneyError::TooLarge)
        } else {
            Ok(Self(amount))
        }
    }

    /// An amount of whole yuan; any `u32` is in range.
    #[must_use]
    pub fn from_yuan(yuan: u32) -> Self {
        Self(i64::from(yuan) * 100)
    }

    /// The number of fen.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.0
    }

    /// Whether nothing is to be paid.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Both together; `None` above [`Fen::MAX`].
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0.checked_add(other.0)?).ok()
    }

    /// What is left without `other`; `None` if that were negative.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::new(self.0.checked_sub(other.0)?).ok()
    }

    /// The amount `count` times; `None` above [`Fen::MAX`].
    #[must_use]
    pub fn checked_times(self, count: u32) -> Option<Self> {
        Self::new(self.0.checked_mul(i64::from(count))?).ok()
    }

    /// The sum of `amounts`, 0 if there are none.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] if the sum is above [`Fen::MAX`].
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, |sum, amount| {
            sum.checked_add(amount).ok_or(MoneyError::TooLarge)
        })
    }
}

/// In yuan, for people: `¥60.00`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "¥{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fen(amount: i64) -> Fen {
        Fen::new(amount).unwrap()
    }

    #[test]
    fn takes_amounts_from_zero_to_the_maximum() {
        assert_eq!(Fen::new(-1), Err(MoneyError::Negative));
        assert_eq!(Fen::new(i64::MIN), Err(MoneyError::Negative));
        assert_eq!(Fen::new(0), Ok(Fen::ZERO));
        assert_eq!(Fen::new(1_000_000_000_000), Ok(Fen::MAX));
        assert_eq!(Fen::new(1_000_000_000_001), Err(MoneyError::TooLarge));
        assert_eq!(Fen::default(), Fen::ZERO);
        assert!(Fen::ZERO.is_zero() && !fen(1).is_zero());
    }

    #[test]
    fn any_number_of_yuan_is_in_range() {
        assert_eq!(Fen::from_yuan(60).amount(), 6000);
        assert!(Fen::from_yuan(u32::MAX) < Fen::MAX);
    }

    #[test]
    fn arithmetic_stops_at_the_bounds() {
        assert_eq!(fen(6000).checked_add(fen(1000)), Some(fen(7000)));
        assert_eq!(Fen::MAX.checked_add(fen(1)), None);
        assert_eq!(fen(6000).checked_sub(fen(6000)), Some(Fen::ZERO));
        assert_eq!(fen(6000).checked_sub(fen(6001)), None);
        assert_eq!(fen(6000).checked_times(5), Some(fen(30_000)));
        assert_eq!(fen(6000).checked_times(0), Some(Fen::ZERO));
        assert_eq!(Fen::MAX.checked_times(2), None);
        assert_eq!(Fen::MAX.checked_times(u32::MAX), None);
    }

    #[test]
    fn sums() {
        assert_eq!(Fen::total([]), Ok(Fen::ZERO));
        assert_eq!(Fen::total([fen(6000), fen(2000), fen(0)]), Ok(fen(8000)));
        assert_eq!(Fen::total([Fen::MAX, fen(1)]), Err(MoneyError::TooLarge));
    }

    #[test]
    fn is_shown_in_yuan() {
        assert_eq!(fen(6000).to_string(), "¥60.00");
        assert_eq!(fen(5).to_string(), "¥0.05");
        assert_eq!(fen(123_456_789).to_string(), "¥1234567.89");
    }
}
