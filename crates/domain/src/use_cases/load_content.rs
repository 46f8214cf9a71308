//! Loading what the museum tells its visitors.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::content::{BannerAction, Content, ContentCode};
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::venue::{Venue, VenueCode};

/// What to do with pieces whose code is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// They stay as they are: staff may have changed them.
    Keep,
    /// They are written anew.
    Replace,
}

/// What loading has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LoadedContent {
    /// Pieces that were written.
    pub written: usize,
    /// Pieces that were there already and stay as they are.
    pub kept: usize,
}

/// Why nothing was loaded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LoadContentError {
    /// A banner opens a notice that is neither loaded nor there.
    #[error("banner {banner} opens notice {notice}, which does not exist")]
    NoSuchNotice {
        /// The banner.
        banner: ContentCode,
        /// What it opens.
        notice: ContentCode,
    },
    /// An exhibition is in a venue that does not exist.
    #[error("exhibition {exhibition} is in venue {venue}, which does not exist")]
    NoSuchVenue {
        /// The exhibition.
        exhibition: ContentCode,
        /// Its venue.
        venue: VenueCode,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Loads content, all or nothing; what is not named stays as it is. Run again it changes nothing
/// more.
///
/// # Errors
/// [`LoadContentError`]; nothing was written.
pub fn load_content(
    unit_of_work: &dyn UnitOfWork,
    content: &Content,
    existing: Existing,
) -> Result<LoadedContent, LoadContentError> {
    unit_of_work.run(|stores| {
        check_venues(content, &stores.catalogue().venues()?)?;
        let mut loading = Loading {
            stores,
            existing,
            loaded: LoadedContent::default(),
        };
        // Notices first: banners open them.
        loading.notices(content)?;
        loading.banners(content)?;
        loading.exhibitions(content)?;
        Ok(loading.loaded)
    })
}

fn check_venues(content: &Content, venues: &[Venue]) -> Result<(), LoadContentError> {
    let is_known = |code: &VenueCode| venues.iter().any(|venue| venue.code() == code);
    let mut exhibitions = content.exhibitions.iter();
    match exhibitions.find(|exhibition| !is_known(&exhibition.venue)) {
        None => Ok(()),
        Some(exhibition) => Err(LoadContentError::NoSuchVenue {
            exhibition: exhibition.code.clone(),
            venue: exhibition.venue.clone(),
        }),
    }
}

/// A load under way.
struct Loading<'a> {
    stores: &'a mut dyn Stores,
    existing: Existing,
    loaded: LoadedContent,
}

impl Loading<'_> {
    /// Whether a piece is to be written, which is counted.
    fn writes(&mut self, is_there: bool) -> bool {
        let writes = !is_there || self.existing == Existing::Replace;
        let count = if writes {
            &mut self.loaded.written
        } else {
            &mut self.loaded.kept
        };
        *count = count.saturating_add(1);
        writes
    }

    fn notices(&mut self, content: &Content) -> Result<(), LoadContentError> {
        let there: BTreeSet<_> = self.stores.content().notice_codes()?.into_iter().collect();
        for notice in &content.notices {
            if self.writes(there.contains(&notice.code)) {
                self.stores.content().put_notice(notice)?;
            }
        }
        Ok(())
    }

    fn banners(&mut self, content: &Content) -> Result<(), LoadContentError> {
        let there: BTreeSet<_> = self.stores.content().banner_codes()?.into_iter().collect();
        let notices: BTreeSet<_> = self.stores.content().notice_codes()?.into_iter().collect();
        for banner in &content.banners {
            if let BannerAction::Notice(notice) = &banner.action
                && !notices.contains(notice)
            {
                return Err(LoadContentError::NoSuchNotice {
                    banner: banner.code.clone(),
                    notice: notice.clone(),
                });
            }
            if self.writes(there.contains(&banner.code)) {
                self.stores.content().put_banner(banner)?;
            }
        }
        Ok(())
    }

    fn exhibitions(&mut self, content: &Content) -> Result<(), LoadContentError> {
        let there = self.stores.content().exhibition_codes()?;
        let there: BTreeSet<_> = there.into_iter().collect();
        for exhibition in &content.exhibitions {
            if self.writes(there.contains(&exhibition.code)) {
                self.stores.content().put_exhibition(exhibition)?;
            }
        }
        Ok(())
    }
}
