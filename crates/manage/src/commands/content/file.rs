//! A file of banners, notices and exhibitions.

use chrono::{DateTime, Utc};
use domain::content::{
    AppId, Banner, BannerAction, Body, Content, ContentCode, ContentError, Exhibition,
    ExhibitionDays, Notice, NoticeKind, PagePath, Period, PicturePath, Title,
};
use domain::venue::VenueCode;
use domain::visit_date::VisitDate;
use serde::Deserialize;

/// The format, for the help text; a test reads it.
pub(crate) const FORMAT: &str = "\
The file of --file:

  [[notice]]
  code = \"banned_items\"
  kind = \"banned_items\"   # visitor_policies, sessions, opening_hours, announcement
  title_zh = \"禁止携带物品\"
  title_en = \"What must stay outside\"
  body_zh = \"\"\"
  打火机等火种。\"\"\"
  body_en = \"\"\"
  Lighters and other sources of fire.\"\"\"
  pictures = [\"/pictures/banned.webp\"]          # left out: none
  pinned = true                                 # left out: false
  position = 3
  published_at = \"2026-11-01T00:00:00+08:00\"

  [[banner]]
  code = \"banned_items\"
  title_zh = \"入院前请查看\"
  title_en = \"Before you come\"
  picture = \"/pictures/gate.webp\"               # left out: none
  action = \"notice\"       # none, page, mini_program
  notice = \"banned_items\" # with notice
  # page = \"/pages/booking/index\"               # with page; may stand with mini_program
  # app_id = \"wx0123456789abcdef\"               # with mini_program
  shown_from = \"2026-11-01T00:00:00+08:00\"      # left out: since always
  shown_until = \"2027-11-01T00:00:00+08:00\"     # left out: without end
  position = 1

  [[exhibition]]
  code = \"paintings\"
  venue = \"exhibition\"
  title_zh = \"书画展\"
  title_en = \"Paintings\"
  body_zh = \"展出院藏书画。\"
  body_en = \"Paintings of the collection.\"
  first_day = \"2026-10-01\"
  last_day = \"2027-03-31\"                       # left out: permanent
  position = 1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    banner: Vec<BannerEntry>,
    #[serde(default)]
    notice: Vec<NoticeEntry>,
    #[serde(default)]
    exhibition: Vec<ExhibitionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BannerEntry {
    code: String,
    title_zh: String,
    title_en: String,
    picture: Option<String>,
    action: String,
    page: Option<String>,
    notice: Option<String>,
    app_id: Option<String>,
    shown_from: Option<String>,
    shown_until: Option<String>,
    position: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeEntry {
    code: String,
    kind: String,
    title_zh: String,
    title_en: String,
    body_zh: String,
    body_en: String,
    #[serde(default)]
    pictures: Vec<String>,
    #[serde(default)]
    pinned: bool,
    position: u16,
    published_at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExhibitionEntry {
    code: String,
    venue: String,
    title_zh: String,
    title_en: String,
    body_zh: String,
    body_en: String,
    picture: Option<String>,
    first_day: String,
    last_day: Option<String>,
    position: u16,
}

/// Reads a file; the error names the entry that is wrong.
pub(crate) fn parse(text: &str) -> Result<Content, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    Ok(Content {
        banners: each(file.banner, |it| it.code.clone(), BannerEntry::check)?,
        notices: each(file.notice, |it| it.code.clone(), NoticeEntry::check)?,
        exhibitions: each(
            file.exhibition,
            |it| it.code.clone(),
            ExhibitionEntry::check,
        )?,
    })
}

fn each<E, T>(
    entries: Vec<E>,
    code: impl Fn(&E) -> String,
    check: impl Fn(E) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    entries
        .into_iter()
        .map(|entry| {
            let code = code(&entry);
            check(entry).map_err(|problem| format!("{code}: {problem}"))
        })
        .collect()
}

fn told(error: impl std::error::Error) -> String {
    error.to_string()
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.with_timezone(&Utc))
        .map_err(|_| "an instant is written 2026-11-01T00:00:00+08:00".to_owned())
}

fn picture(path: Option<&str>) -> Result<Option<PicturePath>, ContentError> {
    path.map(PicturePath::parse).transpose()
}

impl BannerEntry {
    fn check(self) -> Result<Banner, String> {
        let [from, until] = [&self.shown_from, &self.shown_until]
            .map(|text| text.as_deref().map(instant).transpose());
        Ok(Banner {
            code: ContentCode::parse(&self.code).map_err(told)?,
            title: Title::parse(&self.title_zh, &self.title_en).map_err(told)?,
            picture: picture(self.picture.as_deref()).map_err(told)?,
            period: Period::new(from?, until?).map_err(told)?,
            position: self.position,
            action: self.action()?,
        })
    }

    fn action(&self) -> Result<BannerAction, String> {
        let page = self.page.as_deref().map(PagePath::parse);
        let page = page.transpose().map_err(told)?;
        let notice = self.notice.as_deref().map(ContentCode::parse);
        let notice = notice.transpose().map_err(told)?;
        let app = self.app_id.as_deref().map(AppId::parse);
        let app = app.transpose().map_err(told)?;
        match (self.action.as_str(), page, notice, app) {
            ("none", None, None, None) => Ok(BannerAction::None),
            ("page", Some(page), None, None) => Ok(BannerAction::Page(page)),
            ("notice", None, Some(notice), None) => Ok(BannerAction::Notice(notice)),
            ("mini_program", page, None, Some(app)) => Ok(BannerAction::MiniProgram { app, page }),
            _ => Err(
                "an action is none, page with page, notice with notice, or mini_program \
                      with app_id"
                    .to_owned(),
            ),
        }
    }
}

impl NoticeEntry {
    fn check(self) -> Result<Notice, String> {
        let pictures = self.pictures.iter();
        let pictures: Result<_, _> = pictures.map(|path| PicturePath::parse(path)).collect();
        Ok(Notice {
            code: ContentCode::parse(&self.code).map_err(told)?,
            kind: NoticeKind::parse(&self.kind).map_err(told)?,
            title: Title::parse(&self.title_zh, &self.title_en).map_err(told)?,
            body: Body::parse(&self.body_zh, &self.body_en).map_err(told)?,
            pictures: pictures.map_err(told)?,
            pinned: self.pinned,
            position: self.position,
            published_at: instant(&self.published_at)?,
        })
    }
}

impl ExhibitionEntry {
    fn check(self) -> Result<Exhibition, String> {
        let first = VisitDate::parse(&self.first_day).map_err(told)?;
        let last = self.last_day.as_deref().map(VisitDate::parse);
        let last = last.transpose().map_err(told)?;
        Ok(Exhibition {
            code: ContentCode::parse(&self.code).map_err(told)?,
            venue: VenueCode::parse(&self.venue).map_err(told)?,
            title: Title::parse(&self.title_zh, &self.title_en).map_err(told)?,
            body: Body::parse(&self.body_zh, &self.body_en).map_err(told)?,
            picture: picture(self.picture.as_deref()).map_err(told)?,
            days: ExhibitionDays::new(first, last).map_err(told)?,
            position: self.position,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> &'static str {
        FORMAT.split_once(":\n").unwrap().1
    }

    #[test]
    fn the_format_in_the_help_text_can_be_read() {
        let content = parse(example()).unwrap();
        assert_eq!(content.notices[0].kind, NoticeKind::BannedItems);
        assert!(content.notices[0].pinned);
        assert_eq!(content.notices[0].body.text().zh(), "打火机等火种。");
        assert!(matches!(content.banners[0].action, BannerAction::Notice(_)));
        assert_eq!(content.exhibitions[0].venue.as_str(), "exhibition");
    }

    #[test]
    fn a_file_with_a_mistake_names_it() {
        for (right, wrong, said) in [
            (
                "kind = \"banned_items\"",
                "kind = \"advice\"",
                "notice kind",
            ),
            ("gate.webp", "gate.svg", "banned_items: a picture"),
            ("action = \"notice\"", "action = \"page\"", "an action is"),
            ("pinned = true", "pined = true", "pined"),
            ("2027-03-31", "2026-09-30", "paintings: it ends"),
            ("2026-11-01T00:00:00+08:00", "2026-11-01", "an instant is"),
            ("书画展", "", "paintings: a title"),
        ] {
            let problem = parse(&example().replace(right, wrong)).unwrap_err();
            assert!(problem.contains(said), "{wrong}: {problem}");
        }
    }
}
