//! Texts as WeChat takes them.

/// What stands for a character that WeChat does not take: the mark for a missing glyph.
const MISSING: char = '〓';

/// The text with nothing beyond U+FFFF, cut after `longest` characters.
pub(crate) fn fitted(text: &str, longest: usize) -> String {
    text.chars()
        .map(|c| if c > '\u{ffff}' { MISSING } else { c })
        .take(longest)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_wechat_takes_and_marks_the_rest() {
        assert_eq!(fitted("故宫 𠮷 ✓ 😀", 127), "故宫 〓 ✓ 〓");
        assert_eq!(fitted("故宫博物院", 2), "故宫");
    }
}
