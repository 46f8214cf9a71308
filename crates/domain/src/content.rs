//! What the museum tells its visitors: banners, notices and exhibitions.

mod banner;
mod exhibition;
mod notice;

use std::fmt;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::text::{LocalText, is_row_code};

pub use banner::{AppId, Banner, BannerAction, PagePath};
pub use exhibition::{Exhibition, ExhibitionDays};
pub use notice::{Notice, NoticeKind};

/// The most characters of a title in one language.
const LONGEST_TITLE: usize = 60;
/// The most characters of a body in one language; in UTF-8 it then fits 64 KiB.
const LONGEST_BODY: usize = 15_000;
/// The most characters of a path.
const LONGEST_PATH: usize = 200;

/// Why a piece of content is not acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ContentError {
    /// Not `[a-z][a-z0-9_]{0,31}`.
    #[error("a code is 1 to 32 of a-z, 0-9 and _, beginning with a letter")]
    Code,
    /// A language is missing, too long, or has a line break or another control character.
    #[error("a title is one line of 1 to 60 characters, in Chinese and in English")]
    Title,
    /// A language is missing, too long, or has control characters other than line breaks.
    #[error("a body has 1 to 15,000 characters, in Chinese and in English")]
    Body,
    /// No path of a picture on our own site.
    #[error("a picture is a path such as /pictures/gate.webp to a .png, .jpg, .jpeg or .webp")]
    Picture,
    /// No page of the mini-program.
    #[error("a page is a path such as /pages/order/list")]
    Page,
    /// No mini-program.
    #[error("a mini-program's id is wx and 16 digits of 0-9 and a-f")]
    AppId,
    /// It would end before it begins.
    #[error("it ends before it begins")]
    Period,
}

/// The code that names a piece of content among those of its kind: `[a-z][a-z0-9_]{0,31}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentCode(String);

impl ContentCode {
    /// Reads a code.
    ///
    /// # Errors
    /// [`ContentError::Code`] if it has not the form of one.
    pub fn parse(text: &str) -> Result<Self, ContentError> {
        is_row_code(text)
            .then(|| Self(text.to_owned()))
            .ok_or(ContentError::Code)
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A title in both languages, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(LocalText);

impl Title {
    /// Reads a title; surrounding space is dropped.
    ///
    /// # Errors
    /// [`ContentError::Title`].
    pub fn parse(zh: &str, en: &str) -> Result<Self, ContentError> {
        let [zh, en] = [zh, en].map(str::trim);
        let is_title = |text: &str| has_length(text, LONGEST_TITLE) && is_one_line(text);
        (is_title(zh) && is_title(en))
            .then(|| Self(LocalText::new(zh, en)))
            .ok_or(ContentError::Title)
    }

    /// The title in both languages.
    #[must_use]
    pub fn text(&self) -> &LocalText {
        &self.0
    }
}

/// A body in both languages: plain text, paragraphs apart by line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body(LocalText);

impl Body {
    /// Reads a body; surrounding space is dropped.
    ///
    /// # Errors
    /// [`ContentError::Body`].
    pub fn parse(zh: &str, en: &str) -> Result<Self, ContentError> {
        let [zh, en] = [zh, en].map(str::trim);
        let is_body = |text: &str| has_length(text, LONGEST_BODY) && text.lines().all(is_one_line);
        (is_body(zh) && is_body(en))
            .then(|| Self(LocalText::new(zh, en)))
            .ok_or(ContentError::Body)
    }

    /// The body in both languages.
    #[must_use]
    pub fn text(&self) -> &LocalText {
        &self.0
    }
}

/// Where a picture lies on our own site, such as `/pictures/gate.webp`. Never another site's, and
/// never an SVG, which may hold a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PicturePath(String);

impl PicturePath {
    /// Reads a path.
    ///
    /// # Errors
    /// [`ContentError::Picture`].
    pub fn parse(text: &str) -> Result<Self, ContentError> {
        let is_picture = [".png", ".jpg", ".jpeg", ".webp"]
            .iter()
            .any(|ending| text.ends_with(ending));
        (is_picture && is_path(text))
            .then(|| Self(text.to_owned()))
            .ok_or(ContentError::Picture)
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// From when until when something is shown; open where an end is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl Period {
    /// From `from`, inclusive, until `until`, exclusive.
    ///
    /// # Errors
    /// [`ContentError::Period`] if it would be empty.
    pub fn new(
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, ContentError> {
        match (from, until) {
            (Some(from), Some(until)) if from >= until => Err(ContentError::Period),
            _ => Ok(Self { from, until }),
        }
    }

    /// Its beginning, inclusive.
    #[must_use]
    pub fn from(&self) -> Option<DateTime<Utc>> {
        self.from
    }

    /// Its end, exclusive.
    #[must_use]
    pub fn until(&self) -> Option<DateTime<Utc>> {
        self.until
    }

    /// Whether `instant` lies in it.
    #[must_use]
    pub fn contains(&self, instant: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= instant)
            && self.until.is_none_or(|until| instant < until)
    }
}

/// Everything that is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The banners of the home page.
    pub banners: Vec<Banner>,
    /// The notices.
    pub notices: Vec<Notice>,
    /// The exhibitions.
    pub exhibitions: Vec<Exhibition>,
}

fn has_length(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count())
}

fn is_one_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Whether `text` is an absolute path without tricks: no empty or dotted segment, no query.
fn is_path(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('/') else {
        return false;
    };
    let is_segment = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    text.len() <= LONGEST_PATH && rest.split('/').all(is_segment)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn titles_are_one_line_in_both_languages() {
        let title = Title::parse(" 参观须知 ", "Visitor policies").unwrap();
        assert_eq!(
            (title.text().zh(), title.text().en()),
            ("参观须知", "Visitor policies")
        );
        assert!(Title::parse(&"须".repeat(60), "x").is_ok());
        let too_long = "须".repeat(61);
        for (zh, en) in [
            ("", "x"),
            ("须", " "),
            (too_long.as_str(), "x"),
            ("须\n知", "x"),
        ] {
            assert_eq!(Title::parse(zh, en), Err(ContentError::Title), "{zh} {en}");
        }
    }

    #[test]
    fn bodies_have_line_breaks_and_no_other_control_characters() {
        assert!(Body::parse("一\n\n二", "One\nTwo").is_ok());
        assert!(Body::parse(&"须".repeat(15_000), "x").is_ok());
        let too_long = "须".repeat(15_001);
        for zh in ["", "\n", "\u{0}", "一\u{1b}[2J", too_long.as_str()] {
            assert_eq!(Body::parse(zh, "x"), Err(ContentError::Body));
        }
    }

    #[test]
    fn pictures_lie_on_our_own_site_and_are_no_svg() {
        for path in ["/pictures/gate.webp", "/a/b-c_d.1.png", "/x.jpg", "/x.jpeg"] {
            assert_eq!(PicturePath::parse(path).unwrap().as_str(), path);
        }
        let too_long = format!("/{}.png", "x".repeat(200));
        for path in [
            "",
            "/",
            "gate.png",
            "//elsewhere.example/x.png",
            "https://elsewhere.example/x.png",
            "/../x.png",
            "/a/.png",
            "/a b.png",
            "/x.svg",
            "/x.png?size=1",
            "/图.png",
            too_long.as_str(),
        ] {
            assert_eq!(
                PicturePath::parse(path),
                Err(ContentError::Picture),
                "{path}"
            );
        }
    }

    #[test]
    fn a_period_has_its_beginning_and_not_its_end() {
        let begin = DateTime::UNIX_EPOCH;
        let end = begin + TimeDelta::hours(1);
        let moment = TimeDelta::microseconds(1);
        let period = Period::new(Some(begin), Some(end)).unwrap();
        assert!(period.contains(begin) && period.contains(end - moment));
        assert!(!period.contains(begin - moment) && !period.contains(end));
        assert!(Period::default().contains(begin));
        assert_eq!(Period::new(Some(end), Some(end)), Err(ContentError::Period));
    }

    #[test]
    fn codes_have_the_form_of_rows() {
        assert_eq!(
            ContentCode::parse("banned_items").unwrap().to_string(),
            "banned_items"
        );
        assert_eq!(ContentCode::parse("Banned"), Err(ContentError::Code));
    }
}
