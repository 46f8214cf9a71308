//! Banners, notices and exhibitions.

use crate::content::{Banner, ContentCode, Exhibition, Notice};

use super::Stored;

/// What the museum tells its visitors, each piece by its code.
pub trait ContentStore {
    /// The codes of all banners, in order.
    fn banner_codes(&mut self) -> Stored<Vec<ContentCode>>;
    /// The codes of all notices, in order.
    fn notice_codes(&mut self) -> Stored<Vec<ContentCode>>;
    /// The codes of all exhibitions, in order.
    fn exhibition_codes(&mut self) -> Stored<Vec<ContentCode>>;
    /// Writes a banner, one that exists anew. The notice that it opens MUST exist, or the store
    /// refuses it as a fault.
    fn put_banner(&mut self, banner: &Banner) -> Stored<()>;
    /// Writes a notice with its pictures, one that exists anew.
    fn put_notice(&mut self, notice: &Notice) -> Stored<()>;
    /// Writes an exhibition, one that exists anew.
    fn put_exhibition(&mut self, exhibition: &Exhibition) -> Stored<()>;
}
