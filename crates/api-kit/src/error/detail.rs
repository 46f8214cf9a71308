//! One entry of `details`.

use domain::text::{Language, LocalText};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value};

/// What stands in the way in one place of the request: where, a code, a message, and whatever
/// helps to go on.
#[derive(Debug, Clone)]
pub struct Detail {
    code: &'static str,
    message: LocalText,
    members: Map<String, Value>,
}

impl Detail {
    /// A detail with this code and message.
    #[must_use]
    pub fn new(code: &'static str, message: LocalText) -> Self {
        Self {
            code,
            message,
            members: Map::new(),
        }
    }

    /// A detail about a field of the body, such as `visitors[1].name`, a query parameter or a
    /// header.
    #[must_use]
    pub fn of_field(field: impl Into<String>, code: &'static str, message: LocalText) -> Self {
        Self::new(code, message).with("field", field.into())
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a member if there is a value for it.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The entry as it is sent.
    #[must_use]
    pub fn in_language(&self, language: Language) -> Value {
        serde_json::to_value(self.written_in(language)).unwrap_or_default()
    }

    /// The same, to be written as JSON without being copied.
    pub(super) fn written_in(&self, language: Language) -> DetailIn<'_> {
        DetailIn {
            detail: self,
            language,
        }
    }
}

/// A detail in a language, to be written as JSON.
pub(super) struct DetailIn<'a> {
    detail: &'a Detail,
    language: Language,
}

impl Serialize for DetailIn<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_map(None)?;
        entry.serialize_entry("code", self.detail.code)?;
        entry.serialize_entry("message", self.detail.message.get(self.language))?;
        for (name, value) in &self.detail.members {
            entry.serialize_entry(name, value)?;
        }
        entry.end()
    }
}
