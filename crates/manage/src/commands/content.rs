//! `manage content`: what the museum tells its visitors.

mod file;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use domain::content::Content;
use domain::use_cases::load_content::{Existing, load_content};

use crate::failure::Failure;
use crate::house::House;
use crate::output;

/// The first content, which comes with the program; a test holds the list against the folder.
const COMPILED_IN: &[(&str, &str)] = &[
    (
        "banners.toml",
        include_str!("../../../../config/content/banners.toml"),
    ),
    (
        "exhibitions.toml",
        include_str!("../../../../config/content/exhibitions.toml"),
    ),
    (
        "notices.toml",
        include_str!("../../../../config/content/notices.toml"),
    ),
];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load banners, notices and exhibitions, each by its code
    ///
    /// Without --file it is the content that comes with the program (config/content). What is
    /// there already stays as it is, because staff may have changed it, unless --replace is given.
    /// What is not named stays in any case.
    #[command(after_long_help = file::FORMAT)]
    Load {
        /// A TOML file of banners, notices and exhibitions; may be given several times
        #[arg(long = "file", value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Write anew what is there already
        #[arg(long)]
        replace: bool,
    },
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let Self::Load { files, replace } = self;
        let content = if files.is_empty() {
            compiled_in()?
        } else {
            read_all(&files)?
        };
        let existing = if replace {
            Existing::Replace
        } else {
            Existing::Keep
        };
        let house = House::open()?;
        let loaded = load_content(&house.unit_of_work(), &content, existing)
            .map_err(|error| Failure::failed(error.to_string()))?;
        output::line(&format!(
            "{} banners, notices and exhibitions are written, {} stay as they were.",
            loaded.written, loaded.kept
        ));
        Ok(())
    }
}

fn compiled_in() -> Result<Content, Failure> {
    let mut content = Content::default();
    for (name, text) in COMPILED_IN {
        let parsed = file::parse(text);
        let parsed = parsed.map_err(|problem| Failure::failed(format!("{name}: {problem}")))?;
        merge(&mut content, parsed);
    }
    Ok(content)
}

fn read_all(files: &[PathBuf]) -> Result<Content, Failure> {
    let mut content = Content::default();
    for path in files {
        merge(&mut content, read(path)?);
    }
    Ok(content)
}

fn read(path: &Path) -> Result<Content, Failure> {
    let told = |problem: String| Failure::failed(format!("{}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
    file::parse(&text).map_err(told)
}

fn merge(all: &mut Content, more: Content) {
    all.banners.extend(more.banners);
    all.notices.extend(more.notices);
    all.exhibitions.extend(more.exhibitions);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::content::{BannerAction, NoticeKind};

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_compiled_in() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/content");
        let entries = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let names: Vec<&str> = COMPILED_IN.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, names);
    }

    #[test]
    fn the_first_content_is_sound_and_whole() {
        let content = compiled_in().unwrap();
        for kind in NoticeKind::ALL {
            let mut notices = content.notices.iter();
            assert!(
                notices.any(|notice| notice.kind == *kind),
                "{}",
                kind.code()
            );
        }
        for banner in &content.banners {
            if let BannerAction::Notice(code) = &banner.action {
                let mut notices = content.notices.iter();
                assert!(notices.any(|notice| notice.code == *code), "{code}");
            }
        }
        assert!(!content.banners.is_empty() && !content.exhibitions.is_empty());
    }
}
