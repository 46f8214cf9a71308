//! Banners: the pictures at the top of the home page.

use super::{ContentCode, ContentError, Period, PicturePath, Title, is_path};

/// A page of our own mini-program, such as `/pages/order/list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePath(String);

impl PagePath {
    /// Reads a path below `/pages/`, without a query.
    ///
    /// # Errors
    /// [`ContentError::Page`].
    pub fn parse(text: &str) -> Result<Self, ContentError> {
        (text.starts_with("/pages/") && is_path(text))
            .then(|| Self(text.to_owned()))
            .ok_or(ContentError::Page)
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of a mini-program at WeChat: `wx` and 16 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppId(String);

impl AppId {
    /// Reads an id.
    ///
    /// # Errors
    /// [`ContentError::AppId`].
    pub fn parse(text: &str) -> Result<Self, ContentError> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_id = text
            .strip_prefix("wx")
            .is_some_and(|digits| digits.len() == 16 && digits.bytes().all(is_digit));
        is_id
            .then(|| Self(text.to_owned()))
            .ok_or(ContentError::AppId)
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What touching a banner does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BannerAction {
    /// Nothing.
    None,
    /// Opens a page of our own mini-program.
    Page(PagePath),
    /// Opens a notice.
    Notice(ContentCode),
    /// Opens another mini-program, such as that of a survey.
    MiniProgram {
        /// Which.
        app: AppId,
        /// Its page; its first one if missing.
        page: Option<PagePath>,
    },
}

/// A banner of the home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// Its code.
    pub code: ContentCode,
    /// What it says, also where there is no picture.
    pub title: Title,
    /// Its picture.
    pub picture: Option<PicturePath>,
    /// What touching it does.
    pub action: BannerAction,
    /// When it is shown.
    pub period: Period,
    /// Its place among the banners, the lowest first.
    pub position: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lie_below_pages() {
        for path in ["/pages/index", "/pages/order/list"] {
            assert_eq!(PagePath::parse(path).unwrap().as_str(), path);
        }
        for path in [
            "",
            "/",
            "/pages/",
            "pages/index",
            "/other/index",
            "/pages/../x",
            "/pages/x?y",
        ] {
            assert_eq!(PagePath::parse(path), Err(ContentError::Page), "{path}");
        }
    }

    #[test]
    fn mini_programs_have_wechats_ids() {
        assert_eq!(
            AppId::parse("wx0123456789abcdef").unwrap().as_str(),
            "wx0123456789abcdef"
        );
        for id in [
            "",
            "wx",
            "wx0123456789abcde",
            "wx0123456789ABCDEF",
            "ax0123456789abcdef",
        ] {
            assert_eq!(AppId::parse(id), Err(ContentError::AppId), "{id}");
        }
    }
}
