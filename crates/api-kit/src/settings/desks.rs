//! The desks, where requests wait and are decided in groups.

use super::Desk;
use super::check::Problems;
use super::raw::{RawDesk, RawSettings};

/// What a desk's settings are called.
pub(super) struct Names {
    writers: &'static str,
    group_size: &'static str,
    queue_length: &'static str,
}

pub(super) const ORDERS: Names = Names {
    writers: "order_desk.writers",
    group_size: "order_desk.group_size",
    queue_length: "order_desk.queue_length",
};

pub(super) const PAYMENTS: Names = Names {
    writers: "payment_desk.writers",
    group_size: "payment_desk.group_size",
    queue_length: "payment_desk.queue_length",
};

pub(super) fn check(raw: &RawDesk, names: &Names, problems: &mut Problems) -> Desk {
    problems.within(1..=32, raw.writers, names.writers);
    problems.within(1..=256, raw.group_size, names.group_size);
    problems.within(1..=100_000, raw.queue_length, names.queue_length);
    Desk {
        writers: raw.writers,
        group_size: raw.group_size,
        queue_length: raw.queue_length,
    }
}

/// Each writer keeps a connection, and others need some, too.
pub(super) fn check_connections(raw: &RawSettings, problems: &mut Problems) {
    let writers = raw
        .order_desk
        .writers
        .saturating_add(raw.payment_desk.writers);
    let pool_size = raw.database.pool_size;
    problems.unless(
        writers < pool_size || pool_size <= 1,
        ORDERS.writers,
        "must be fewer, with payment_desk.writers, than database.pool_size",
    );
}
