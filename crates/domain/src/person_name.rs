//! The names of visitors (rules 3.3 and 3.8).

use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::text::LocalText;

/// The one middle dot that is stored, U+00B7.
const MIDDLE_DOT: char = '\u{b7}';

/// A visitor's name in its normal form: NFC, single inner spaces, one kind of middle dot, Latin in
/// upper case.
///
/// Either 2 to 30 Chinese characters, dots included, or 1 to 60 of A–Z, space, hyphen and
/// apostrophe with a letter among them. Personal: `Debug` does not print it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing but spaces.
    #[error("the name is empty")]
    Empty,
    /// Chinese, but not 2 to 30 characters.
    #[error("a Chinese name has 2 to 30 characters")]
    ChineseLength,
    /// A middle dot at the beginning, at the end, or next to another.
    #[error("a middle dot stands between two parts of a Chinese name")]
    MiddleDot,
    /// Latin, but more than 60 characters.
    #[error("a Latin name has at most 60 characters")]
    LatinLength,
    /// Hyphens and apostrophes alone.
    #[error("a Latin name has at least one letter")]
    NoLetter,
    /// A character that no name has, or Chinese and Latin mixed.
    #[error("a name is Chinese with middle dots, or A-Z with spaces, hyphens and apostrophes")]
    Character,
}

impl NameError {
    /// What to tell the visitor.
    #[must_use]
    pub fn message(&self) -> LocalText {
        match self {
            Self::Empty => LocalText::new("请填写姓名", "Please enter the name"),
            Self::ChineseLength => LocalText::new(
                "中文姓名应为2至30个字",
                "A Chinese name has 2 to 30 characters",
            ),
            Self::MiddleDot => LocalText::new(
                "间隔号“·”只能用在姓名的两部分之间",
                "A middle dot may only stand between two parts of the name",
            ),
            Self::LatinLength => LocalText::new(
                "英文姓名最多60个字符",
                "A name in Latin letters has at most 60 characters",
            ),
            Self::NoLetter => LocalText::new(
                "英文姓名至少应有一个字母",
                "A name in Latin letters has at least one letter",
            ),
            Self::Character => LocalText::new(
                "姓名应与证件一致：中文姓名只能使用汉字和间隔号“·”，不能有空格；外文姓名只能使用字母A至Z、空格、连字符和撇号",
                "Please enter the name as on the document: Chinese characters with middle dots and \
                 no spaces, or the letters A to Z with spaces, hyphens and apostrophes",
            ),
        }
    }
}

impl PersonName {
    /// Reads a name as a visitor types it.
    ///
    /// # Errors
    /// What exactly is wrong, without the name.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        let name = normalise(typed);
        if name.is_empty() {
            Err(NameError::Empty)
        } else if name.chars().all(|c| is_han(c) || c == MIDDLE_DOT) {
            check_chinese(&name)
        } else if name.chars().all(is_latin) {
            check_latin(&name)
        } else {
            Err(NameError::Character)
        }?;
        Ok(Self(name))
    }

    /// The name. Personal: in full only to the account that entered it (rule 10.2).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as others see it: its first character and `*`.
    #[must_use]
    pub fn initial(&self) -> String {
        self.0.chars().take(1).chain(['*']).collect()
    }
}

/// What is personal stays out of logs.
impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

fn normalise(typed: &str) -> String {
    let composed: String = typed.nfc().map(unify).collect();
    let words: Vec<&str> = composed.split_whitespace().collect();
    words.join(" ")
}

/// One character for each family: middle dots, apostrophes and hyphens as keyboards produce them.
fn unify(c: char) -> char {
    match c {
        '\u{387}' | '\u{1427}' | '\u{16eb}' | '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22c5}'
        | '\u{25cf}' | '\u{2e31}' | '\u{2e33}' | '\u{30fb}' | '\u{318d}' | '\u{a78f}'
        | '\u{ff65}' | '\u{10101}' => MIDDLE_DOT,
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        _ => c.to_ascii_uppercase(),
    }
}

fn check_chinese(name: &str) -> Result<(), NameError> {
    if name.split(MIDDLE_DOT).any(str::is_empty) {
        Err(NameError::MiddleDot)
    } else if !(2..=30).contains(&name.chars().count()) {
        Err(NameError::ChineseLength)
    } else {
        Ok(())
    }
}

fn check_latin(name: &str) -> Result<(), NameError> {
    if name.len() > 60 {
        Err(NameError::LatinLength)
    } else if !name.contains(|c: char| c.is_ascii_uppercase()) {
        Err(NameError::NoLetter)
    } else {
        Ok(())
    }
}

fn is_latin(c: char) -> bool {
    c.is_ascii_uppercase() || matches!(c, ' ' | '-' | '\'')
}

/// Whether `c` is a Chinese character. Planes 2 and 3 are set aside for them, so those encoded in
/// future need no release.
fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{3007}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{2fffd}'
            | '\u{30000}'..='\u{3fffd}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_reads(typed: &str, expected: &str) {
        let name = PersonName::parse(typed);
        assert_eq!(
            name.as_ref().map(PersonName::as_str),
            Ok(expected),
            "{typed}"
        );
    }

    #[test]
    fn chinese_names() {
        assert_reads(" 王伟\u{3000}", "王伟");
        assert_reads("阿卜杜拉·买买提", "阿卜杜拉·买买提");
        assert_reads(&"王".repeat(30), &"王".repeat(30));
        for typed in ["王", &"王".repeat(31)] {
            assert_eq!(
                PersonName::parse(typed),
                Err(NameError::ChineseLength),
                "{typed}"
            );
        }
        for typed in ["·王伟", "王伟·", "王··伟", "··"] {
            assert_eq!(
                PersonName::parse(typed),
                Err(NameError::MiddleDot),
                "{typed}"
            );
        }
    }

    #[test]
    fn every_middle_dot_becomes_one() {
        for dot in "·\u{387}•‧∙⋅●・･ㆍꞏ⸱⸳ᐧ᛫𐄁".chars() {
            assert_reads(&format!("古丽{dot}阿依"), "古丽·阿依");
        }
    }

    #[test]
    fn rare_characters_count_once() {
        // U+20BB7, U+2A6A5, U+31350 and the compatibility form of a common character.
        assert_reads("\u{20bb7}\u{2a6a5}\u{31350}", "\u{20bb7}\u{2a6a5}\u{31350}");
        assert_reads(&"\u{20bb7}".repeat(30), &"\u{20bb7}".repeat(30));
        assert_reads("\u{f9f4}〇", "林〇");
        assert_eq!(
            PersonName::parse("\u{20bb7}"),
            Err(NameError::ChineseLength)
        );
    }

    #[test]
    fn latin_names() {
        assert_reads("  mary  ann\tSmith ", "MARY ANN SMITH");
        assert_reads("Jean-Luc O’Brien", "JEAN-LUC O'BRIEN");
        assert_reads("O", "O");
        assert_reads(&"a".repeat(60), &"A".repeat(60));
        let too_long = "a".repeat(61);
        assert_eq!(PersonName::parse(&too_long), Err(NameError::LatinLength));
        for typed in ["-", "' -"] {
            assert_eq!(
                PersonName::parse(typed),
                Err(NameError::NoLetter),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_no_name_is() {
        for typed in ["", "   ", "\u{3000}\t"] {
            assert_eq!(PersonName::parse(typed), Err(NameError::Empty));
        }
        for typed in [
            "王 伟",
            "王Wei",
            "R2D2",
            "José",
            "王伟1",
            "Иван",
            "やまだ",
            "王伟😀",
            "A·B",
            "<b>",
            "王\u{0}伟",
        ] {
            assert_eq!(
                PersonName::parse(typed),
                Err(NameError::Character),
                "{typed}"
            );
        }
    }

    #[test]
    fn others_see_the_first_character() {
        let initial = |typed| PersonName::parse(typed).unwrap().initial();
        assert_eq!(initial("王伟"), "王*");
        assert_eq!(initial("\u{20bb7}田"), "\u{20bb7}*");
        assert_eq!(initial("smith"), "S*");
        assert_eq!(
            format!("{:?}", PersonName::parse("王伟").unwrap()),
            "PersonName(…)"
        );
    }

    #[test]
    fn refusals_are_worded_in_both_languages() {
        let message = PersonName::parse("").unwrap_err().message();
        assert_eq!(
            (message.zh(), message.en()),
            ("请填写姓名", "Please enter the name")
        );
    }

    proptest! {
        #[test]
        fn the_normal_form_is_final(typed in "[ A-Za-z'’-]{0,70}|[一-龥·•‧・ ]{0,34}|\\PC{0,12}") {
            if let Ok(name) = PersonName::parse(&typed) {
                let again = PersonName::parse(name.as_str());
                prop_assert_eq!(again.as_ref(), Ok(&name));
            }
        }
    }
}
