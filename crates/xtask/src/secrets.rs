//! The secrets of development: made once for each clone and kept, since data in the database
//! is sealed with them.

use std::path::Path;

use crate::failure::{Context as _, Failure};
use crate::{private_file, random};

/// Makes a secret's value.
type Recipe = fn() -> Result<String, Failure>;

/// Every secret of the services, by the name of its environment variable. Names are a
/// contract with the services' settings.
const RECIPES: [(&str, Recipe); 7] = [
    ("PALACE__SECRETS__TOKEN_KEY", || random::hex(32)),
    ("PALACE__SECRETS__DOCUMENT_KEY_ID", || {
        Ok(String::from("k1"))
    }),
    // Keys by their id: old ones stay readable when a new one is added.
    ("PALACE__SECRETS__DOCUMENT_KEYS", || {
        Ok(format!("k1:{}", random::hex(32)?))
    }),
    ("PALACE__SECRETS__DOCUMENT_HASH_KEY", || random::hex(32)),
    ("PALACE__SECRETS__TICKET_CODE_KEY", || random::hex(32)),
    ("PALACE__WECHAT__APP_SECRET", || random::hex(16)),
    // AES-256-GCM with the text itself as the key: 32 characters, as WeChat demands.
    ("PALACE__WECHAT__PAY__API_V3_KEY", || {
        random::alphanumeric(32)
    }),
];

/// Names and values.
pub(crate) type Secrets = Vec<(String, String)>;

/// The secrets in the file. Those it lacks, as it does after a change of this list, are made
/// and added at its end.
pub(crate) fn ensure(path: &Path) -> Result<Secrets, Failure> {
    let mut text = private_file::read(path)?.unwrap_or_default();
    let mut secrets = parse(&text).context(format!("reading {}", path.display()))?;
    let known = secrets.len();
    for (name, make) in RECIPES {
        if !secrets.iter().any(|(held, _)| held == name) {
            let value = make()?;
            text.push_str(&format!("{name}={value}\n"));
            secrets.push((name.to_owned(), value));
        }
    }
    if secrets.len() > known {
        private_file::write(path, &text)?;
        println!("Made new secrets in {} (mode 0600).", path.display());
    }
    Ok(secrets)
}

fn parse(text: &str) -> Result<Secrets, Failure> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            // The line itself is not repeated in the message: it may hold a secret.
            line.split_once('=')
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                .ok_or_else(|| Failure::new("there is a line without `=`"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.env");
        let made = ensure(&path).unwrap();
        assert_eq!(made.len(), RECIPES.len());
        assert_eq!(ensure(&path).unwrap(), made);
    }

    #[test]
    fn what_is_missing_is_added_and_what_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.env");
        let text = "# mine\nPALACE__SECRETS__TOKEN_KEY=aa\nEXTRA=b=c\n";
        private_file::write(&path, text).unwrap();
        let secrets = ensure(&path).unwrap();
        assert_eq!(secrets.len(), RECIPES.len() + 1);
        let value = |name: &str| {
            let found = secrets.iter().find(|(held, _)| held == name).unwrap();
            found.1.clone()
        };
        assert_eq!(value("PALACE__SECRETS__TOKEN_KEY"), "aa");
        assert_eq!(value("EXTRA"), "b=c");
        assert_eq!(value("PALACE__WECHAT__PAY__API_V3_KEY").len(), 32);
    }

    #[test]
    fn a_broken_line_is_refused_without_being_shown() {
        let failure = parse("PASSWORD hunter2").unwrap_err();
        assert!(!failure.to_string().contains("hunter2"));
    }
}
