//! Texts in both languages, and the short codes that name rows.

use thiserror::Error;

/// A language that the house speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Simplified Chinese, where nothing else is asked for.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The language that a request's `Accept-Language` header prefers.
    ///
    /// The highest weight wins, at equal weights the one named first. Languages that the house
    /// does not speak and malformed entries are passed over; if nothing is left it is Chinese.
    #[must_use]
    pub fn from_accept_language(header: Option<&str>) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for (weight, language) in header
            .unwrap_or_default()
            .split(',')
            .filter_map(Self::weighted)
        {
            if best.is_none_or(|(so_far, _)| weight > so_far) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language).unwrap_or_default()
    }

    /// Reads one entry, such as `en-GB;q=0.8`; `None` if it is malformed, unwanted or not ours.
    fn weighted(entry: &str) -> Option<(f32, Self)> {
        let mut parts = entry.split(';').map(str::trim);
        let tag = parts.next()?.to_ascii_lowercase();
        let language = match tag.split('-').next()? {
            "zh" | "*" => Self::Chinese,
            "en" => Self::English,
            _ => return None,
        };
        let weight = match parts.find_map(|part| part.strip_prefix(['q', 'Q'])) {
            None => 1.0,
            Some(value) => value.trim().strip_prefix('=')?.trim().parse().ok()?,
        };
        (weight > 0.0 && weight <= 1.0).then_some((weight, language))
    }
}

/// The same text in Chinese and in English.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LocalText {
    zh: String,
    en: String,
}

impl LocalText {
    /// A text in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The Chinese text.
    #[must_use]
    pub fn zh(&self) -> &str {
        &self.zh
    }

    /// The English text.
    #[must_use]
    pub fn en(&self) -> &str {
        &self.en
    }

    /// The text in `language`.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// A code that names none of the values it should name one of.
///
/// The value itself is left out: it comes from outside and may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a known {what}")]
pub struct UnknownCode {
    /// What the code should have named, such as `category`.
    pub what: &'static str,
}

/// Finds the value of `all` whose code is `code`.
pub(crate) fn by_code<T: Copy>(
    all: &[T],
    code_of: impl Fn(T) -> &'static str,
    code: &str,
    what: &'static str,
) -> Result<T, UnknownCode> {
    all.iter()
        .copied()
        .find(|value| code_of(*value) == code)
        .ok_or(UnknownCode { what })
}

/// Whether `text` has the form of a row's code: `[a-z][a-z0-9_]{0,31}`.
pub(crate) fn is_row_code(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(header: &str) -> Language {
        Language::from_accept_language(Some(header))
    }

    #[test]
    fn speaks_chinese_unless_asked_otherwise() {
        assert_eq!(Language::from_accept_language(None), Language::Chinese);
        for header in [
            "",
            "zh",
            "zh-CN,zh;q=0.9,en;q=0.8",
            "*",
            "fr",
            "fr, *",
            "en;q=0",
            ";;,,",
        ] {
            assert_eq!(language(header), Language::Chinese, "{header}");
        }
    }

    #[test]
    fn speaks_english_where_it_is_preferred() {
        for header in [
            "en",
            "EN-gb",
            "en-US,en;q=0.9,zh-CN;q=0.8",
            "zh;q=0.3, en;q=0.7",
            "fr-FR, en;q=0.5",
            "zh;q=0, en;q=0.1",
            "zh ; Q = 0.2 , en",
        ] {
            assert_eq!(language(header), Language::English, "{header}");
        }
    }

    #[test]
    fn at_equal_weights_the_first_counts() {
        assert_eq!(language("en, zh"), Language::English);
        assert_eq!(language("zh, en"), Language::Chinese);
    }

    #[test]
    fn passes_over_malformed_weights() {
        for header in [
            "en;q=high, zh;q=0.1",
            "en;q=2, zh",
            "en;q=-1, zh",
            "en;q=NaN, zh",
            "en;q, zh",
        ] {
            assert_eq!(language(header), Language::Chinese, "{header}");
        }
    }

    #[test]
    fn tells_the_text_in_either_language() {
        let text = LocalText::new("上午场", "Morning");
        assert_eq!((text.zh(), text.en()), ("上午场", "Morning"));
        assert_eq!(text.get(Language::Chinese), "上午场");
        assert_eq!(text.get(Language::English), "Morning");
    }

    #[test]
    fn knows_the_form_of_codes() {
        let longest = "a".repeat(32);
        for code in ["a", "morning", "hall_2", "a__", longest.as_str()] {
            assert!(is_row_code(code), "{code}");
        }
        let too_long = "a".repeat(33);
        for code in [
            "",
            "2nd",
            "_a",
            "Morning",
            "a-b",
            "a b",
            "早",
            "a早",
            too_long.as_str(),
        ] {
            assert!(!is_row_code(code), "{code}");
        }
    }
}
