//! Children come with an adult (rule 3.6).

use crate::rules::Rules;

/// Whether someone of `age`, in full years on the visit date, may not come alone.
#[must_use]
pub fn is_child_in_need(age: u8, rules: &Rules) -> bool {
    age <= rules.accompanied_age
}

/// Whether someone of `age`, in full years on the visit date, may lead children.
#[must_use]
pub fn is_adult(age: u8, rules: &Rules) -> bool {
    age >= rules.adult_age
}

/// Whether each child among people of these `ages` has an adult among them, with no adult leading
/// more than [`Rules::children_per_adult`].
///
/// The ages are those of everyone of one account for one date and session, in full years on that
/// date. Booking asks it with the new visitors added, a refund with the leaving ones taken away
/// (rule 6.5).
#[must_use]
pub fn accompanied(ages: impl IntoIterator<Item = u8>, rules: &Rules) -> bool {
    let (children, adults) = ages.into_iter().fold((0_usize, 0_usize), |(c, a), age| {
        (
            c + usize::from(is_child_in_need(age, rules)),
            a + usize::from(is_adult(age, rules)),
        )
    });
    children <= adults.saturating_mul(rules.children_per_adult)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_need_an_adult() {
        let rules = Rules::default();
        let cases: [(&[u8], bool); 14] = [
            (&[], true),
            (&[15], true),
            (&[14], false),
            (&[0], false),
            (&[14, 15, 16, 17], false),
            (&[10, 18], true),
            (&[30, 10, 10], true),
            (&[10, 10], false),
            (&[30, 1, 2, 3], true),
            (&[30, 1, 2, 3, 4], false),
            (&[30, 1, 2, 3, 17], true),
            (&[1, 2, 3, 4, 30, 70], true),
            (&[1, 2, 3, 4, 5, 6, 7, 30, 70], false),
            (&[30], true),
        ];
        for (ages, expected) in cases {
            assert_eq!(
                accompanied(ages.iter().copied(), &rules),
                expected,
                "{ages:?}"
            );
        }
    }

    #[test]
    fn between_child_and_adult_one_is_neither() {
        let rules = Rules::default();
        for age in 15..=17 {
            assert!(!is_child_in_need(age, &rules) && !is_adult(age, &rules));
        }
        assert!(is_child_in_need(14, &rules) && is_adult(18, &rules));
    }
}
