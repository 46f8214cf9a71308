//! Why an order is refused: every visitor and every rule that stands in the way (rule 4.5).

use chrono::{DateTime, Utc};

use crate::category::CategoryError;
use crate::identity::{BirthDateError, DocumentError};
use crate::person_name::NameError;
use crate::session::SessionCode;
use crate::text::LocalText;
use crate::venue::VenueCode;
use crate::visit_date::{VisitDate, shanghai};

/// One rule that stands in the way, of one visitor or of the order as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The place of the visitor in the request, from 0; `None` for the whole order.
    pub visitor: Option<usize>,
    /// The rule.
    pub reason: Reason,
}

/// A refused order: at least one objection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The objections, those of the whole order first.
    pub objections: Vec<Objection>,
}

impl Refusal {
    /// A refusal of the order as a whole, for one reason.
    #[must_use]
    pub fn whole(reason: Reason) -> Self {
        Self {
            objections: vec![Objection {
                visitor: None,
                reason,
            }],
        }
    }
}

/// The rule that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No place is left (rule 4.6).
    SoldOut {
        /// In which venue.
        venue: VenueCode,
        /// Another session of that day with room for the whole order.
        other_session: Option<SessionCode>,
    },
    /// Some places are left, too few for this order (rule 4.4).
    NotEnough {
        /// In which venue.
        venue: VenueCode,
        /// How many are left.
        remaining: u32,
        /// Another session of that day with room for the whole order.
        other_session: Option<SessionCode>,
    },
    /// Not a venue that can be added to an admission (rule 2.1).
    NotAnAddOn {
        /// Which venue.
        venue: VenueCode,
    },
    /// Sales have not opened (rule 4.1).
    SalesNotOpen {
        /// When they do.
        opens_at: DateTime<Utc>,
    },
    /// Sales have closed (rule 4.1).
    SalesClosed,
    /// The museum, or this session, is closed on that day (rule 1.1).
    DayClosed,
    /// The document already has an admission that day (rule 4.3).
    AlreadyBooked,
    /// The document stands twice in this order (rule 4.3).
    DuplicateInOrder,
    /// The document is banned after no-shows (rule 7.2).
    Banned {
        /// The last day of the ban.
        until: VisitDate,
    },
    /// The document is not acceptable (rule 3.2).
    Document(DocumentError),
    /// The name is not acceptable (rule 3.8).
    Name(NameError),
    /// No such saved visitor.
    VisitorNotFound,
    /// The birth date is missing or wrong (rule 3.5).
    BirthDate(BirthDateError),
    /// The category does not fit (rule 3.5).
    Category(CategoryError),
    /// A child without an adult (rule 3.6).
    NeedsAdult,
    /// Every entry of the annual pass is reserved or used (rule 8.1).
    PassExhausted {
        /// How many entries it has.
        entries: u16,
    },
    /// The balance of the annual pass is void (rule 8.4).
    PassVoid,
    /// The annual pass is not of the year of the visit date (rule 8.1).
    PassOfAnotherYear {
        /// The year that it is of.
        year: i32,
    },
    /// The account has an unpaid order (rule 4.9).
    UnpaidExists,
    /// The account would have more live admissions that day than allowed (rule 4.9).
    TooManyAdmissions {
        /// The most allowed.
        limit: usize,
        /// How many it has.
        held: usize,
    },
}

impl Reason {
    /// The stable code of the API.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SoldOut { .. } => "quota.sold_out",
            Self::NotEnough { .. } => "quota.not_enough",
            Self::NotAnAddOn { .. } => "add_on.not_sold",
            Self::SalesNotOpen { .. } => "sales.not_open",
            Self::SalesClosed => "sales.closed",
            Self::DayClosed => "day.closed",
            Self::AlreadyBooked => "document.already_booked",
            Self::DuplicateInOrder => "document.duplicate_in_order",
            Self::Banned { .. } => "document.banned",
            Self::Document(_) => "document.invalid",
            Self::Name(_) => "name.invalid",
            Self::VisitorNotFound => "visitor.not_found",
            Self::BirthDate(BirthDateError::Required) => "birth_date.required",
            Self::BirthDate(_) => "birth_date.mismatch",
            Self::Category(CategoryError::NotSold) => "category.not_sold",
            Self::Category(_) => "category.age_mismatch",
            Self::NeedsAdult => "minor.needs_adult",
            Self::PassExhausted { .. } => "pass.exhausted",
            Self::PassVoid => "pass.void",
            Self::PassOfAnotherYear { .. } => "pass.wrong_year",
            Self::UnpaidExists => "order.unpaid_exists",
            Self::TooManyAdmissions { .. } => "order.too_many_admissions",
        }
    }

    /// What the tourist is told.
    #[must_use]
    pub fn message(&self) -> LocalText {
        match self {
            Self::SoldOut { .. } => LocalText::new("该场次已售罄", "This session is sold out"),
            Self::NotEnough { remaining, .. } => LocalText::new(
                format!("该场次仅剩 {remaining} 张"),
                format!("Only {remaining} places are left in this session"),
            ),
            Self::NotAnAddOn { venue } => LocalText::new(
                format!("没有可加购的场馆 {venue}"),
                format!("{venue} cannot be added to an admission"),
            ),
            Self::SalesNotOpen { opens_at } => {
                let local = opens_at.with_timezone(&shanghai());
                LocalText::new(
                    format!("尚未开售，开售时间为 {}", local.format("%Y-%m-%d %H:%M")),
                    format!(
                        "Sales open on {} (Beijing time)",
                        local.format("%Y-%m-%d at %H:%M")
                    ),
                )
            }
            Self::SalesClosed => {
                LocalText::new("该日门票已停止预售", "Sales for this day have closed")
            }
            Self::DayClosed => LocalText::new(
                "该日或该场次不开放",
                "Closed on this day or in this session",
            ),
            Self::AlreadyBooked => LocalText::new(
                "该证件当日已有预约",
                "This document already has a ticket for that day",
            ),
            Self::DuplicateInOrder => LocalText::new(
                "同一订单中证件重复",
                "This document stands more than once in the order",
            ),
            Self::Banned { until } => LocalText::new(
                format!("该证件因多次预约未到，{until} 24:00 前暂停预约"),
                format!(
                    "After repeated no-shows this document cannot book until the end of {until}"
                ),
            ),
            Self::Document(error) => error.message(),
            Self::Name(error) => error.message(),
            Self::VisitorNotFound => LocalText::new("常用观众不存在", "No such saved visitor"),
            Self::BirthDate(error) => error.message(),
            Self::Category(error) => error.message(),
            Self::NeedsAdult => LocalText::new(
                "14 周岁及以下须有成人陪同，每位成人最多带 3 名",
                "Children of 14 and under need an adult; one adult leads at most 3",
            ),
            Self::PassExhausted { entries } => LocalText::new(
                format!("年票 {entries} 次入院次数已预约或使用完"),
                format!("All {entries} entries of the annual pass are reserved or used"),
            ),
            Self::PassVoid => LocalText::new(
                "年票已失效，余次作废",
                "The annual pass is void and its entries with it",
            ),
            Self::PassOfAnotherYear { year } => LocalText::new(
                format!("该年票仅限 {year} 年参观使用"),
                format!("This annual pass is for visits in {year}"),
            ),
            Self::UnpaidExists => LocalText::new(
                "您有待支付的订单，请先支付或取消",
                "You have an unpaid order; pay or cancel it first",
            ),
            Self::TooManyAdmissions { limit, held } => LocalText::new(
                format!("每个账号每日最多 {limit} 张门票，您已有 {held} 张"),
                format!("At most {limit} admissions per account and day; you have {held}"),
            ),
        }
    }
}
