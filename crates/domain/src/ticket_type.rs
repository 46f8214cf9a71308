//! Prices and what each category asks for (rules 2.2 and 2.3).

use std::collections::BTreeMap;

use thiserror::Error;

use crate::category::Category;
use crate::money::Fen;
use crate::season::Season;
use crate::text::LocalText;
use crate::venue::VenueCode;

/// What a price depends on (rule 2.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceKey {
    /// Where the ticket admits.
    pub venue: VenueCode,
    /// Whom it is for.
    pub category: Category,
    /// The season of the visit date, never that of the order.
    pub season: Season,
}

/// The prices in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceList(BTreeMap<VenueCode, BTreeMap<(Category, Season), Fen>>);

impl PriceList {
    /// The list of these rows; of two rows with one key the later counts.
    pub fn new(rows: impl IntoIterator<Item = (PriceKey, Fen)>) -> Self {
        let mut prices: BTreeMap<VenueCode, BTreeMap<_, _>> = BTreeMap::new();
        for (key, price) in rows {
            prices
                .entry(key.venue)
                .or_default()
                .insert((key.category, key.season), price);
        }
        Self(prices)
    }

    /// The price of one ticket or add-on; `None` if it is not sold.
    #[must_use]
    pub fn price(&self, venue: &VenueCode, category: Category, season: Season) -> Option<Fen> {
        self.0.get(venue)?.get(&(category, season)).copied()
    }

    /// All rows, by venue, category and season.
    pub fn rows(&self) -> impl Iterator<Item = (PriceKey, Fen)> {
        self.0.iter().flat_map(|(venue, prices)| {
            prices.iter().map(|(&(category, season), &price)| {
                let key = PriceKey {
                    venue: venue.clone(),
                    category,
                    season,
                };
                (key, price)
            })
        })
    }
}

/// Rule 2.2 in yuan: venue, category, peak, low. Add-ons are not sold on an annual pass.
const DEFAULT_PRICES: [(&str, Category, u32, u32); 17] = [
    ("palace", Category::Standard, 60, 40),
    ("palace", Category::Senior, 30, 20),
    ("palace", Category::Student, 20, 20),
    ("palace", Category::Minor, 0, 0),
    ("palace", Category::AnnualPass, 0, 0),
    ("treasure_gallery", Category::Standard, 10, 10),
    ("treasure_gallery", Category::Senior, 5, 5),
    ("treasure_gallery", Category::Student, 5, 5),
    ("treasure_gallery", Category::Minor, 0, 0),
    ("clock_gallery", Category::Standard, 10, 10),
    ("clock_gallery", Category::Senior, 5, 5),
    ("clock_gallery", Category::Student, 5, 5),
    ("clock_gallery", Category::Minor, 0, 0),
    ("exhibition", Category::Standard, 0, 0),
    ("exhibition", Category::Senior, 0, 0),
    ("exhibition", Category::Student, 0, 0),
    ("exhibition", Category::Minor, 0, 0),
];

/// The prices of rule 2.2: what a database is seeded with, and what [`check_price`] measures by.
#[must_use]
pub fn default_prices() -> PriceList {
    PriceList::new(
        DEFAULT_PRICES
            .into_iter()
            .flat_map(|(venue, category, peak, low)| {
                [(Season::Peak, peak), (Season::Low, low)].map(|(season, yuan)| {
                    let key = PriceKey {
                        venue: VenueCode::of_first_venue(venue),
                        category,
                        season,
                    };
                    (key, Fen::from_yuan(yuan))
                })
            }),
    )
}

/// Between which prices a new one must lie (rule 2.3); both ends are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBounds {
    floor: Fen,
    ceiling: Fen,
}

/// Why a new price is refused (rule 2.3).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PriceError {
    /// Below the floor or above the ceiling.
    #[error("the price must be from {floor} to {ceiling}")]
    OutOfBounds {
        /// The lowest price allowed.
        floor: Fen,
        /// The highest price allowed.
        ceiling: Fen,
    },
    /// More than half of the present price up or down.
    #[error("a price of {previous} must not change by more than half at once")]
    ChangedTooMuch {
        /// The present price.
        previous: Fen,
    },
    /// The rule book knows no default for this venue and category, so there is nothing to measure by.
    #[error("there is no default price to measure this one by")]
    NoDefault,
}

impl PriceBounds {
    /// From half to twice the default price, a half fen rounded up.
    #[must_use]
    pub fn around(default: Fen) -> Self {
        let half = default.amount() - default.amount() / 2;
        Self {
            floor: Fen::new(half).unwrap_or_default(),
            ceiling: default.checked_times(2).unwrap_or(Fen::MAX),
        }
    }

    /// The lowest price allowed.
    #[must_use]
    pub fn floor(&self) -> Fen {
        self.floor
    }

    /// The highest price allowed.
    #[must_use]
    pub fn ceiling(&self) -> Fen {
        self.ceiling
    }

    /// Checks a new price against the bounds and against the one it replaces, if any.
    ///
    /// A previous price of 0 is no measure for a change; there the bounds alone decide.
    ///
    /// # Errors
    /// If it lies outside the bounds, or changes the previous price by more than half of that.
    pub fn check(&self, new: Fen, previous: Option<Fen>) -> Result<(), PriceError> {
        let Self { floor, ceiling } = *self;
        if new < floor || new > ceiling {
            return Err(PriceError::OutOfBounds { floor, ceiling });
        }
        if let Some(previous) = previous.filter(|price| !price.is_zero()) {
            let change = new.amount().abs_diff(previous.amount());
            if change.saturating_mul(2) > previous.amount().unsigned_abs() {
                return Err(PriceError::ChangedTooMuch { previous });
            }
        }
        Ok(())
    }
}

/// Checks a new price for `key` against its default and the one it replaces (rule 2.3).
///
/// # Errors
/// As [`PriceBounds::check`]; [`PriceError::NoDefault`] for a venue that is not in rule 2.2: its
/// default has to come from whoever opens it, by way of [`PriceBounds::around`].
pub fn check_price(key: &PriceKey, new: Fen, previous: Option<Fen>) -> Result<(), PriceError> {
    let default = default_prices()
        .price(&key.venue, key.category, key.season)
        .ok_or(PriceError::NoDefault)?;
    PriceBounds::around(default).check(new, previous)
}

/// Who qualifies for a category and what to bring, in a sentence for the ticket page.
///
/// The ages are those of [`Rules::default`](crate::rules::Rules).
#[must_use]
pub fn conditions(category: Category) -> LocalText {
    match category {
        Category::Standard => LocalText::new(
            "参观当日年满18周岁的观众。",
            "Visitors aged 18 or over on the day of the visit.",
        ),
        Category::Senior => LocalText::new(
            "参观当日年满60周岁的观众，凭有效身份证件入院。",
            "Visitors aged 60 or over on the day of the visit, with the identity document booked.",
        ),
        Category::Student => LocalText::new(
            "年满18周岁的在校学生（不含成人教育），入院时查验学生证；持外国护照的未成年人亦适用。",
            "Students aged 18 or over, whose student card is checked at the gate; also minors with \
             a foreign passport.",
        ),
        Category::Minor => LocalText::new(
            "参观当日未满18周岁的观众免费，仍须预约；14周岁及以下须有成人陪同。",
            "Free for visitors under 18 on the day of the visit, but booking is required; those \
             aged 14 or under come with an adult.",
        ),
        Category::AnnualPass => LocalText::new(
            "年票持有人凭本人证件预约入院，每次预约使用一次入院次数。",
            "For holders of an annual pass, who register each visit; each uses one entry.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::venue::first_venues;

    fn key(venue: &str, category: Category, season: Season) -> PriceKey {
        let venue = VenueCode::parse(venue).unwrap();
        PriceKey {
            venue,
            category,
            season,
        }
    }

    fn fen(amount: i64) -> Fen {
        Fen::new(amount).unwrap()
    }

    #[test]
    fn the_default_prices_are_those_of_the_rule_book() {
        let prices = default_prices();
        let price = |venue, category| {
            [Season::Peak, Season::Low].map(|season| {
                let key = key(venue, category, season);
                prices.price(&key.venue, category, season).map(Fen::amount)
            })
        };
        assert_eq!(
            price("palace", Category::Standard),
            [Some(6000), Some(4000)]
        );
        assert_eq!(price("palace", Category::Senior), [Some(3000), Some(2000)]);
        assert_eq!(price("palace", Category::Student), [Some(2000), Some(2000)]);
        assert_eq!(price("palace", Category::Minor), [Some(0), Some(0)]);
        assert_eq!(price("palace", Category::AnnualPass), [Some(0), Some(0)]);
        for gallery in ["treasure_gallery", "clock_gallery"] {
            assert_eq!(price(gallery, Category::Standard), [Some(1000), Some(1000)]);
            assert_eq!(price(gallery, Category::Senior), [Some(500), Some(500)]);
            assert_eq!(price(gallery, Category::Student), [Some(500), Some(500)]);
            assert_eq!(price(gallery, Category::Minor), [Some(0), Some(0)]);
        }
        for category in [
            Category::Standard,
            Category::Senior,
            Category::Student,
            Category::Minor,
        ] {
            assert_eq!(price("exhibition", category), [Some(0), Some(0)]);
        }
        assert_eq!(
            price("treasure_gallery", Category::AnnualPass),
            [None, None]
        );
        assert_eq!(price("garden", Category::Standard), [None, None]);
    }

    #[test]
    fn every_first_venue_has_its_prices() {
        for venue in first_venues() {
            for season in Season::ALL {
                let sold = |category: &Category| {
                    default_prices()
                        .price(venue.code(), *category, season)
                        .is_some()
                };
                assert!(Category::ALL.iter().filter(|c| sold(c)).count() >= 4);
            }
        }
    }

    #[test]
    fn a_list_is_its_rows() {
        let prices = default_prices();
        assert_eq!(prices.rows().count(), 34);
        assert_eq!(PriceList::new(prices.rows()), prices);
        let key = key("palace", Category::Standard, Season::Peak);
        let twice = PriceList::new([(key.clone(), fen(1)), (key.clone(), fen(2))]);
        assert_eq!(
            twice.price(&key.venue, key.category, key.season),
            Some(fen(2))
        );
    }

    #[test]
    fn a_price_stays_between_half_and_twice_the_default() {
        let standard = key("palace", Category::Standard, Season::Peak);
        let check = |amount| check_price(&standard, fen(amount), None);
        let refused = PriceError::OutOfBounds {
            floor: fen(3000),
            ceiling: fen(12_000),
        };
        for amount in [0, 2, 2999, 12_001] {
            assert_eq!(check(amount), Err(refused.clone()), "{amount}");
        }
        for amount in [3000, 6000, 12_000] {
            assert_eq!(check(amount), Ok(()), "{amount}");
        }
        assert_eq!(
            refused.to_string(),
            "the price must be from ¥30.00 to ¥120.00"
        );
    }

    #[test]
    fn a_price_changes_by_half_at_most() {
        let standard = key("palace", Category::Standard, Season::Peak);
        let check = |amount, previous| check_price(&standard, fen(amount), Some(fen(previous)));
        assert_eq!(check(9000, 6000), Ok(()));
        assert_eq!(check(3000, 6000), Ok(()));
        let refused = Err(PriceError::ChangedTooMuch {
            previous: fen(6000),
        });
        assert_eq!(check(9001, 6000), refused);
        let refused = Err(PriceError::ChangedTooMuch {
            previous: fen(9000),
        });
        assert_eq!(check(4499, 9000), refused);
        assert_eq!(check(4500, 9000), Ok(()));
        assert_eq!(check(6000, 0), Ok(()), "0 is no measure");
    }

    #[test]
    fn what_is_free_stays_free() {
        let minor = key("palace", Category::Minor, Season::Low);
        assert_eq!(check_price(&minor, Fen::ZERO, Some(Fen::ZERO)), Ok(()));
        assert_eq!(
            check_price(&minor, fen(1), Some(Fen::ZERO)),
            Err(PriceError::OutOfBounds {
                floor: Fen::ZERO,
                ceiling: Fen::ZERO
            })
        );
    }

    #[test]
    fn a_new_hall_needs_a_default_of_its_own() {
        let garden = key("garden", Category::Standard, Season::Peak);
        assert_eq!(
            check_price(&garden, fen(1000), None),
            Err(PriceError::NoDefault)
        );
        let bounds = PriceBounds::around(fen(1001));
        assert_eq!((bounds.floor(), bounds.ceiling()), (fen(501), fen(2002)));
        assert_eq!(bounds.check(fen(1000), None), Ok(()));
        assert_eq!(PriceBounds::around(Fen::MAX).ceiling(), Fen::MAX);
    }

    #[test]
    fn every_category_has_conditions_in_both_languages() {
        for category in Category::ALL {
            let text = conditions(category);
            assert!(!text.zh().is_empty() && text.en().ends_with('.'));
        }
    }
}
