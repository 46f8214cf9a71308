//! The log: one JSON object a line, on standard error.

use std::io::Write;
use std::sync::Arc;

use domain::clock::Clock;
use env_logger::{Builder, Env};
use log::kv::{Error, Key, Value, VisitSource};
use serde_json::{Map, json};

use crate::wire;

/// Starts the log at level `info`, or what `RUST_LOG` says; times are `clock`'s.
///
/// # Errors
/// If the process has a log already.
pub fn start(clock: Arc<dyn Clock>) -> Result<(), log::SetLoggerError> {
    Builder::from_env(Env::default().default_filter_or("info"))
        .format(move |line, record| {
            let text = as_json(record, &wire::instant(clock.now()));
            writeln!(line, "{text}")
        })
        .try_init()
}

fn as_json(record: &log::Record<'_>, time: &str) -> String {
    let mut members = Members(Map::new());
    members.0.insert("time".to_owned(), json!(time));
    members
        .0
        .insert("level".to_owned(), json!(record.level().as_str()));
    members
        .0
        .insert("target".to_owned(), json!(record.target()));
    members
        .0
        .insert("message".to_owned(), json!(record.args().to_string()));
    // A value that cannot be read is left out of the line; the line itself must come.
    let _ = record.key_values().visit(&mut members);
    serde_json::Value::Object(members.0).to_string()
}

struct Members(Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Members {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = match (value.to_u64(), value.to_f64(), value.to_bool()) {
            (Some(number), _, _) => json!(number),
            (_, Some(number), _) => json!(number),
            (_, _, Some(truth)) => json!(truth),
            _ => json!(value.to_string()),
        };
        self.0.insert(key.as_str().to_owned(), value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_json_object() {
        let values = [
            ("route", Value::from("/orders/{id}")),
            ("status", Value::from(200_u16)),
        ];
        let record = log::Record::builder()
            .level(log::Level::Info)
            .target("access")
            .args(format_args!("two\nlines \"quoted\""))
            .key_values(&values)
            .build();
        let text = as_json(&record, "2026-12-01T20:00:00+08:00");
        assert!(!text.contains('\n'));
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["route"], "/orders/{id}");
        assert_eq!(line["status"], 200);
        assert_eq!(line["message"], "two\nlines \"quoted\"");
        assert_eq!(line["time"], "2026-12-01T20:00:00+08:00");
    }
}
