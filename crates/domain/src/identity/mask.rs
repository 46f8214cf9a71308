//! Showing a number without telling it (rule 10.2).

/// `text` with all but its first 3 and last 2 characters replaced by `*`.
///
/// Never more than half of the characters are shown; a short text loses its end before its
/// beginning, and one of a single character is hidden altogether.
#[must_use]
pub fn mask(text: &str) -> String {
    let length = text.chars().count();
    let shown = (length / 2).min(5);
    let head = shown.min(3);
    let hidden = head..length - (shown - head);
    text.chars()
        .enumerate()
        .map(|(at, c)| if hidden.contains(&at) { '*' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shows_the_first_three_and_the_last_two() {
        assert_eq!(mask("11010519491231002X"), "110*************2X");
        assert_eq!(mask("H12345678"), "H12*****8");
        assert_eq!(mask("1234567890"), "123*****90");
        assert_eq!(mask("12345678"), "123****8");
        assert_eq!(mask("12345"), "12***");
        assert_eq!(mask("1"), "*");
        assert_eq!(mask(""), "");
    }

    proptest! {
        #[test]
        fn never_shows_more_than_half(text in "[0-9A-Z]{0,24}|[一-龥]{0,12}") {
            let masked = mask(&text);
            let length = text.chars().count();
            let hidden = masked.chars().filter(|c| *c == '*').count();
            prop_assert_eq!(masked.chars().count(), length);
            prop_assert!(length - hidden <= length / 2 && length - hidden <= 5);
        }
    }
}
