//! One entry of `details`.

use domain::text::{Language, LocalText};
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
        let mut entry = self.members.clone();
        entry.insert("code".to_owned(), self.code.into());
        entry.insert("message".to_owned(), self.message.get(language).into());
        Value::Object(entry)
    }
}
