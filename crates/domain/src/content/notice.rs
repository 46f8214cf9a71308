//! Notices: what visitors must know.

use chrono::{DateTime, Utc};

use super::{Body, ContentCode, PicturePath, Title};
use crate::coded::coded;

/// What a notice is about, by which pages find the one they show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// 参观须知: the conditions of booking and visiting.
    VisitorPolicies,
    /// 分时段入院须知: when the sessions admit.
    Sessions,
    /// 禁止携带物品: what must stay outside.
    BannedItems,
    /// 开放时间: the opening hours in general; those of a day come from the calendar.
    OpeningHours,
    /// 公告: anything else.
    Announcement,
}

coded!(NoticeKind, "notice kind", {
    VisitorPolicies = "visitor_policies",
    Sessions = "sessions",
    BannedItems = "banned_items",
    OpeningHours = "opening_hours",
    Announcement = "announcement",
});

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its code.
    pub code: ContentCode,
    /// What it is about.
    pub kind: NoticeKind,
    /// Its title.
    pub title: Title,
    /// Its text.
    pub body: Body,
    /// Its pictures, in order.
    pub pictures: Vec<PicturePath>,
    /// Whether it stands before those that are not.
    pub pinned: bool,
    /// Its place among them, the lowest first.
    pub position: u16,
    /// From when on it is shown.
    pub published_at: DateTime<Utc>,
}
