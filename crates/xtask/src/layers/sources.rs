//! In the API crates, only `startup.rs` knows who puts the ports on their feet, and nothing knows
//! what stands behind them: everything is handed traits of the domain.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Context as _, Failure};

const API_CRATES: [&str; 2] = ["tourist-api", "admin-api"];
const NAMED_ONLY_AT_STARTUP: &str = "assembly";
const NAMED_NOWHERE: [&str; 3] = ["diesel", "gateways", "persistence"];

/// One line for each line of an API crate that names what it should not.
pub(crate) fn violations(root: &Path) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for name in API_CRATES {
        let sources = root.join("crates").join(name).join("src");
        for path in rust_files(&sources)? {
            let at_startup = path == sources.join("startup.rs");
            let text = fs::read_to_string(&path).context(format!("reading {}", path.display()))?;
            let shown = path.strip_prefix(root).unwrap_or(&path).display();
            let named =
                named_in(&text).filter(|(_, word)| !(at_startup && *word == NAMED_ONLY_AT_STARTUP));
            found
                .extend(named.map(|(line, word)| {
                    format!("{shown}:{line} names {word}; {}", rule_for(word))
                }));
        }
    }
    Ok(found)
}

fn rule_for(word: &str) -> &'static str {
    if word == NAMED_ONLY_AT_STARTUP {
        "only startup.rs may"
    } else {
        "a service gets its ports from assembly"
    }
}

/// The Rust files under a folder, sorted; none when there is no such folder.
fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        let doing = format!("looking into {}", folder.display());
        for entry in fs::read_dir(&folder).context(&doing)? {
            let path = entry.context(&doing)?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Line numbers and words. Comments may name anything: they explain.
fn named_in(text: &str) -> impl Iterator<Item = (usize, &'static str)> {
    (1..).zip(text.lines()).flat_map(|(number, line)| {
        let code = line.split("//").next().unwrap_or_default();
        let words: Vec<_> = code
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .collect();
        NAMED_NOWHERE
            .into_iter()
            .chain([NAMED_ONLY_AT_STARTUP])
            .filter(move |name| words.contains(name))
            .map(move |name| (number, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_comments_and_from_longer_names() {
        let text = "use persistence::Pool;\n// diesel is elsewhere\nlet my_gateways = 1;\n\
                    fn f() { gateways::go() } // fine\n";
        let found: Vec<_> = named_in(text).collect();
        assert_eq!(found, [(1, "persistence"), (4, "gateways")]);
    }

    #[test]
    fn only_startup_may_and_only_at_the_top_and_only_assembly() {
        let root = tempfile::tempdir().unwrap();
        let sources = root.path().join("crates/tourist-api/src");
        fs::create_dir_all(sources.join("orders")).unwrap();
        for file in ["startup.rs", "main.rs", "orders/startup.rs"] {
            fs::write(sources.join(file), "use assembly::connect;\n").unwrap();
        }
        let found = violations(root.path()).unwrap().join("\n");
        assert_eq!(found.lines().count(), 2, "{found}");
        assert!(found.contains("src/main.rs:1 names assembly"), "{found}");
        assert!(
            found.contains("src/orders/startup.rs:1 names assembly"),
            "{found}"
        );
        fs::write(sources.join("startup.rs"), "use diesel::prelude::*;\n").unwrap();
        let found = violations(root.path()).unwrap().join("\n");
        assert!(found.contains("src/startup.rs:1 names diesel"), "{found}");
    }
}
