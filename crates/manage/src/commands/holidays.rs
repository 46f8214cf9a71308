//! `manage holidays`: the statutory holidays of a year.

mod file;

use std::path::PathBuf;

use clap::Subcommand;
use domain::use_cases::open_days::import_holidays;

use crate::failure::Failure;
use crate::house::House;
use crate::output;
use file::HolidayYear;

/// The years that come with the program; a test holds the list against the folder.
const COMPILED_IN: &[(&str, &str)] = &[(
    "2026.toml",
    include_str!("../../../../config/holidays/2026.toml"),
)];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Import holidays, replacing everything known of their year
    ///
    /// Without --file all years that come with the program (config/holidays) are imported.
    /// config/holidays/2026.toml describes the format.
    Import {
        /// The file of one year, once the State Council has published it
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let Self::Import { file } = self;
        let years = match file {
            None => compiled_in()?,
            Some(path) => vec![read(&path)?],
        };
        let house = House::open()?;
        for HolidayYear { year, periods } in years {
            import_holidays(&house.unit_of_work(), year, &periods)?;
            let number = periods.len();
            output::line(&format!("{year}: {number} holiday periods"));
        }
        Ok(())
    }
}

fn compiled_in() -> Result<Vec<HolidayYear>, Failure> {
    COMPILED_IN
        .iter()
        .map(|(name, text)| {
            HolidayYear::parse(text)
                .map_err(|problem| Failure::failed(format!("{name}: {problem}")))
        })
        .collect()
}

fn read(path: &std::path::Path) -> Result<HolidayYear, Failure> {
    let told = |problem: String| Failure::failed(format!("{}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
    HolidayYear::parse(&text).map_err(told)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::holiday::{Holidays, holidays_2026};

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_compiled_in_and_sound() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/holidays");
        let entries = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let names: Vec<&str> = COMPILED_IN.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, names);
        let years = compiled_in().unwrap();
        for (HolidayYear { year, .. }, name) in years.iter().zip(names) {
            assert_eq!(format!("{year}.toml"), name);
        }
    }

    #[test]
    fn the_file_of_2026_says_what_the_rule_book_says() {
        let year = HolidayYear::parse(COMPILED_IN[0].1).unwrap();
        let imported = Holidays::new(year.periods, [year.year]);
        assert_eq!(imported, holidays_2026());
    }
}
