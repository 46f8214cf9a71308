//! The people of the year: as many as tickets, each made from a number and the same in every run.

use chrono::{Days, NaiveDate};
use domain::account::{OpenId, OpenIdError};
use domain::id::AccountId;
use domain::identity::{Document, DocumentType};
use domain::person_name::{NameError, PersonName};
use uuid::Builder;

/// How many accounts the tourists of the year share.
const ACCOUNTS: u64 = 2_000_000;

/// The account that buys every day: a tour guide's, with one order for each day of the year.
pub(super) const GUIDE: u64 = ACCOUNTS;

/// From this number on visitors do not come by the stride of a day.
const TRUANTS_FROM: u64 = 36_000_000;

/// Birth dates of a kind of person: from when on, and over how many days.
struct Generation {
    first: Option<NaiveDate>,
    days: u64,
}

/// Three of four visitors are adults all year long.
const ADULTS: Generation = Generation {
    first: NaiveDate::from_ymd_opt(1968, 1, 1),
    days: 14_000,
};
const CHILDREN: Generation = Generation {
    first: NaiveDate::from_ymd_opt(2010, 6, 1),
    days: 4_300,
};
const SENIORS: Generation = Generation {
    first: NaiveDate::from_ymd_opt(1940, 1, 1),
    days: 8_500,
};

/// A prime, so that it steps through each generation's days without repeating one.
const STEP: u64 = 6_151;

const SURNAMES: [&str; 10] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"];
const GIVEN: [&str; 12] = [
    "伟", "芳", "娜", "敏", "静", "建国", "秀英", "强", "磊", "洋", "雪梅", "志远",
];

/// A visitor with an ID card.
pub(super) struct Visitor {
    /// The name.
    pub(super) name: PersonName,
    /// The ID card.
    pub(super) document: Document,
    /// The birth date, as in the card's number.
    pub(super) birth: NaiveDate,
}

/// The visitor with this number, below 40 million.
///
/// # Errors
/// Never, unless the names above are none.
pub(super) fn visitor(number: u64) -> Result<Visitor, NameError> {
    let (group, member) = (number % 4, number / 4);
    let (generation, area, member) = match (group, member % 2) {
        (3, 0) => (&CHILDREN, 110_105, member / 2),
        (3, _) => (&SENIORS, 110_106, member / 2),
        (group, _) => (&ADULTS, 110_101 + group, member),
    };
    let born = Days::new(member * STEP % generation.days);
    let first = generation.first.unwrap_or_default();
    let birth = first.checked_add_days(born).unwrap_or(first);
    let number = card_number(area, birth, member / generation.days);
    Ok(Visitor {
        name: name(member)?,
        document: Document::stored(DocumentType::IdCard, number, None),
        birth,
    })
}

/// One of those who miss three visits: the `place`th whose third is on the day with `third` days
/// of the year before it.
pub(super) fn truant(third: u64, place: u64) -> u64 {
    // All of them are adults.
    TRUANTS_FROM + (third * 100 + place) * 4
}

/// The account of the order `order` of a day with so many days before it: another for each order
/// of the day, and the same one again after some months.
pub(super) fn account_number(days_before: u64, orders_a_day: u64, order: u64) -> u64 {
    (days_before * orders_a_day + order) % ACCOUNTS
}

/// The account with that number; its id looks as if it had registered in the years before.
pub(super) fn account(number: u64) -> AccountId {
    /// 2020-01-01.
    const FIRST: u64 = 1_577_836_800_000;
    /// Two million of these are some five years.
    const BETWEEN: u64 = 80_000;
    // Accounts buy in another order than they registered in.
    let scattered = number.wrapping_mul(1_299_709) % (ACCOUNTS + 1);
    let mut random = [0; 10];
    for (place, byte) in random
        .iter_mut()
        .rev()
        .zip(number.to_be_bytes().iter().rev())
    {
        *place = *byte;
    }
    let id = Builder::from_unix_timestamp_millis(FIRST + scattered * BETWEEN, &random);
    AccountId::new(id.into_uuid())
}

/// What WeChat calls the person of that account.
///
/// # Errors
/// Never.
pub(super) fn open_id(account: u64) -> Result<OpenId, OpenIdError> {
    OpenId::parse(&format!("oYear{account:023}"))
}

fn name(member: u64) -> Result<PersonName, NameError> {
    let pick = |from: &[&'static str], by: u64| {
        let count = u64::try_from(from.len()).unwrap_or(1);
        let place = usize::try_from(by % count).unwrap_or(0);
        from.get(place).copied().unwrap_or("王")
    };
    let (surname, given) = (pick(&SURNAMES, member), pick(&GIVEN, member / 10));
    PersonName::parse(&format!("{surname}{given}"))
}

/// GB 11643: area, birth date, a serial below 1,000, and the check character of ISO 7064 MOD 11-2.
fn card_number(area: u64, birth: NaiveDate, serial: u64) -> String {
    let mut number = format!("{area}{}{serial:03}", birth.format("%Y%m%d"));
    let digits = number.bytes().map(|digit| u32::from(digit - b'0'));
    let remainder = digits.fold(0, |remainder, digit| (remainder + digit) * 2 % 11);
    number.push(match (12 - remainder) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).unwrap_or('X'),
    });
    number
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn everybody_has_a_valid_card_of_their_own() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let last = (15_000_000..15_010_000).chain((0..100).map(|place| truant(364, place)));
        let mut seen = HashSet::new();
        for number in (0..20_000).chain(last) {
            let visitor = visitor(number).unwrap();
            let typed = visitor.document.number();
            let document = Document::parse(DocumentType::IdCard, typed, None, today).unwrap();
            assert_eq!(document.identity_key(), visitor.document.identity_key());
            assert_eq!(document.birth_date(), Some(visitor.birth));
            assert!(seen.insert(typed.to_owned()), "{number}");
        }
    }

    #[test]
    fn accounts_are_different() {
        let accounts: HashSet<AccountId> = (0..50_000).chain([GUIDE]).map(account).collect();
        assert_eq!(accounts.len(), 50_001);
        assert!(open_id(GUIDE).is_ok());
    }
}
