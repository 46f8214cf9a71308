//! Banners, notices and exhibitions.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::content::{Banner, BannerAction, ContentCode, Exhibition, Notice};
use crate::ports::{ContentQueries, ContentStore, StoreError};
use crate::visit_date::VisitDate;

use super::MemoryStore;
use super::draft::Draft;

impl ContentStore for Draft {
    fn banner_codes(&mut self) -> Result<Vec<ContentCode>, StoreError> {
        Ok(self.tables.banners.keys().cloned().collect())
    }

    fn notice_codes(&mut self) -> Result<Vec<ContentCode>, StoreError> {
        Ok(self.tables.notices.keys().cloned().collect())
    }

    fn exhibition_codes(&mut self) -> Result<Vec<ContentCode>, StoreError> {
        Ok(self.tables.exhibitions.keys().cloned().collect())
    }

    fn put_banner(&mut self, banner: &Banner) -> Result<(), StoreError> {
        if let BannerAction::Notice(code) = &banner.action
            && !self.tables.notices.contains_key(code)
        {
            let text = "a banner opens a notice that does not exist";
            return Err(StoreError::Fault(text.to_owned()));
        }
        let banners = Arc::make_mut(&mut self.tables.banners);
        banners.insert(banner.code.clone(), banner.clone());
        Ok(())
    }

    fn put_notice(&mut self, notice: &Notice) -> Result<(), StoreError> {
        let notices = Arc::make_mut(&mut self.tables.notices);
        notices.insert(notice.code.clone(), notice.clone());
        Ok(())
    }

    fn put_exhibition(&mut self, exhibition: &Exhibition) -> Result<(), StoreError> {
        let exhibitions = Arc::make_mut(&mut self.tables.exhibitions);
        exhibitions.insert(exhibition.code.clone(), exhibition.clone());
        Ok(())
    }
}

// The tables are in the order of the codes, and the sorts keep what is equal in it.
impl ContentQueries for MemoryStore {
    fn banners(&self, now: DateTime<Utc>) -> Result<Vec<Banner>, StoreError> {
        let tables = self.snapshot();
        let shown = tables.banners.values();
        let mut shown: Vec<Banner> = shown
            .filter(|banner| banner.period.contains(now))
            .cloned()
            .collect();
        shown.sort_by_key(|banner| banner.position);
        Ok(shown)
    }

    fn notices(&self, now: DateTime<Utc>) -> Result<Vec<Notice>, StoreError> {
        let tables = self.snapshot();
        let published = tables.notices.values();
        let mut published: Vec<Notice> = published
            .filter(|notice| notice.published_at <= now)
            .cloned()
            .collect();
        published.sort_by_key(|notice| {
            let newest_first = Reverse(notice.published_at);
            (!notice.pinned, notice.position, newest_first)
        });
        Ok(published)
    }

    fn notice(&self, code: &ContentCode, now: DateTime<Utc>) -> Result<Option<Notice>, StoreError> {
        let notice = self.snapshot().notices.get(code).cloned();
        Ok(notice.filter(|notice| notice.published_at <= now))
    }

    fn exhibitions(&self, date: VisitDate) -> Result<Vec<Exhibition>, StoreError> {
        let tables = self.snapshot();
        let on = tables.exhibitions.values();
        let mut on: Vec<Exhibition> = on
            .filter(|exhibition| !exhibition.days.is_over(date))
            .cloned()
            .collect();
        on.sort_by_key(|exhibition| exhibition.position);
        Ok(on)
    }
}
