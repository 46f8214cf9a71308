//! A file of sessions, venues and prices.

use domain::category::Category;
use domain::money::Fen;
use domain::season::Season;
use domain::session::{Session, SessionCode};
use domain::text::LocalText;
use domain::ticket_type::PriceKey;
use domain::use_cases::open_quotas::Catalogue;
use domain::venue::{Venue, VenueCode, VenueKind};
use serde::Deserialize;

use crate::dates::parse_time;

/// The format, for the help text; a test reads it.
pub(crate) const FORMAT: &str = "\
The file of --file:

  [[session]]
  code = \"evening\"
  name_zh = \"夜场\"
  name_en = \"Evening\"
  entry_from = \"17:30\"    # left out: from the day's opening
  entry_until = \"19:30\"   # left out: until the day's last entry
  position = 3

  [[venue]]
  code = \"treasure_gallery\"
  name_zh = \"珍宝馆\"
  name_en = \"Treasure Gallery\"
  kind = \"add_on\"         # or admission
  position = 2

  [[price]]
  venue = \"palace\"
  category = \"standard\"   # senior, student, minor, annual_pass
  season = \"peak\"         # or low
  fen = 6000";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    session: Vec<SessionEntry>,
    #[serde(default)]
    venue: Vec<VenueEntry>,
    #[serde(default)]
    price: Vec<PriceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionEntry {
    code: String,
    name_zh: String,
    name_en: String,
    entry_from: Option<String>,
    entry_until: Option<String>,
    position: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VenueEntry {
    code: String,
    name_zh: String,
    name_en: String,
    kind: String,
    position: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceEntry {
    venue: String,
    category: String,
    season: String,
    fen: i64,
}

/// Reads a file; the error names the entry that is wrong.
pub(crate) fn parse(text: &str) -> Result<Catalogue, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    Ok(Catalogue {
        sessions: each(
            file.session,
            |entry| entry.code.clone(),
            SessionEntry::check,
        )?,
        venues: each(file.venue, |entry| entry.code.clone(), VenueEntry::check)?,
        prices: each(file.price, PriceEntry::name, PriceEntry::check)?,
    })
}

fn each<E, T>(
    entries: Vec<E>,
    name: impl Fn(&E) -> String,
    check: impl Fn(E) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    entries
        .into_iter()
        .map(|entry| {
            let name = name(&entry);
            check(entry).map_err(|problem| format!("{name}: {problem}"))
        })
        .collect()
}

fn told(error: impl std::error::Error) -> String {
    error.to_string()
}

impl SessionEntry {
    fn check(self) -> Result<Session, String> {
        let entry_from = self.entry_from.as_deref().map(parse_time).transpose()?;
        let entry_until = self.entry_until.as_deref().map(parse_time).transpose()?;
        let code = SessionCode::parse(&self.code).map_err(told)?;
        let name = LocalText::new(self.name_zh, self.name_en);
        Session::new(code, name, entry_from, entry_until, self.position).map_err(told)
    }
}

impl VenueEntry {
    fn check(self) -> Result<Venue, String> {
        let code = VenueCode::parse(&self.code).map_err(told)?;
        let kind = VenueKind::parse(&self.kind).map_err(told)?;
        let name = LocalText::new(self.name_zh, self.name_en);
        Ok(Venue::new(code, name, kind, self.position))
    }
}

impl PriceEntry {
    fn name(&self) -> String {
        format!("{} {} {}", self.venue, self.category, self.season)
    }

    fn check(self) -> Result<(PriceKey, Fen), String> {
        let key = PriceKey {
            venue: VenueCode::parse(&self.venue).map_err(told)?,
            category: Category::parse(&self.category).map_err(told)?,
            season: Season::parse(&self.season).map_err(told)?,
        };
        Ok((key, Fen::new(self.fen).map_err(told)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_in_the_help_text_can_be_read() {
        let (_, example) = FORMAT.split_once(":\n").unwrap();
        let catalogue = parse(example).unwrap();
        assert_eq!(catalogue.sessions[0].code().as_str(), "evening");
        assert_eq!(catalogue.venues[0].kind(), VenueKind::AddOn);
        assert_eq!(catalogue.prices[0].1, Fen::from_yuan(60));
    }

    #[test]
    fn a_file_with_a_mistake_names_it() {
        let price = "[[price]]\nvenue = \"palace\"\ncategory = \"standard\"\nseason = \"peak\"\n";
        for (text, said) in [
            (format!("{price}fen = -1"), "palace standard peak"),
            (format!("{price}yuan = 60"), "yuan"),
            (price.replace("standard", "adult") + "fen = 1", "category"),
            ("[[tickets]]".to_owned(), "tickets"),
        ] {
            let problem = parse(&text).unwrap_err();
            assert!(problem.contains(said), "{problem}");
        }
    }
}
