//! Lists in pages.

use domain::text::LocalText;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;

/// Entries of a page, unless the caller asks for another number.
pub const USUAL_LIMIT: u32 = 20;
/// The most entries of a page.
pub const LARGEST_LIMIT: u32 = 200;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page made of rows that were read with one more than `limit`, by which it is known
    /// whether another page follows.
    pub fn cut<R>(
        mut rows: Vec<R>,
        limit: u32,
        cursor: impl FnOnce(&R) -> String,
        view: impl FnMut(R) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(cursor);
        Self {
            items: rows.into_iter().map(view).collect(),
            next_cursor,
        }
    }
}

/// Reads the query parameter `limit`.
///
/// # Errors
/// `request.invalid` unless it is a number from 1 to [`LARGEST_LIMIT`].
pub fn limit(text: Option<&str>) -> Result<u32, ApiError> {
    let Some(text) = text else {
        return Ok(USUAL_LIMIT);
    };
    match text.parse() {
        Ok(limit) if (1..=LARGEST_LIMIT).contains(&limit) => Ok(limit),
        _ => Err(ApiError::invalid_field(
            "limit",
            LocalText::new("应为 1 至 200 的整数", "A number from 1 to 200"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_numbers_from_1_to_200() {
        assert_eq!(limit(None).unwrap(), 20);
        assert_eq!(limit(Some("1")).unwrap(), 1);
        assert_eq!(limit(Some("200")).unwrap(), 200);
        for text in ["", "0", "201", "-1", "ten", "1.5", "99999999999"] {
            assert_eq!(limit(Some(text)).unwrap_err().code().status, 422, "{text}");
        }
    }

    #[test]
    fn a_page_tells_whether_another_follows() {
        let page = |rows: Vec<u32>| Page::cut(rows, 2, u32::to_string, |row| row);
        assert_eq!(page(vec![1, 2, 3]).items, [1, 2]);
        assert_eq!(page(vec![1, 2, 3]).next_cursor.as_deref(), Some("2"));
        assert_eq!(page(vec![1, 2]).next_cursor, None);
        assert_eq!(page(vec![]).next_cursor, None);
    }
}
