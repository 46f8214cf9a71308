//! Every number of the rule book, with its published or chosen default.

use chrono::{NaiveTime, TimeDelta};

/// The numbers that the rules are decided by.
///
/// [`Rules::default`] is the rule book as published; settings may override single numbers. Use
/// cases and decisions take `&Rules`, so that a test can shorten a window without waiting for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How many days before the visit sales open (rule 4.1).
    pub sales_open_days_ahead: u16,
    /// The time of day in Shanghai at which sales open (rule 4.1).
    pub sales_open_at: NaiveTime,
    /// The most visitors in one order (rule 4.2).
    pub visitors_per_order: usize,
    /// Younger than this is a minor (rule 3.5), in full years on the visit date.
    pub adult_age: u8,
    /// From this age on a visitor is a senior (rule 3.5), in full years on the visit date.
    pub senior_age: u8,
    /// A visitor of this age or younger needs an adult (rule 3.6), in full years.
    pub accompanied_age: u8,
    /// How many such visitors one adult may lead (rule 3.6).
    pub children_per_adult: usize,
    /// The most unpaid orders of one account (rule 4.9). The database's key knows only 1.
    pub unpaid_orders_per_account: usize,
    /// The most live admissions of one account for one visit date (rule 4.9).
    pub admissions_per_account_and_day: usize,
    /// The most saved visitors of one account (rule 4.9).
    pub saved_visitors_per_account: usize,
    /// A session with less than this share of its capacity left has "few left" (rule 4.10), in
    /// percent.
    pub few_left_percent: u32,
    /// Remaining places above this number are not told exactly (rule 4.10).
    pub exact_remaining_up_to: u32,
    /// How long an unpaid order holds its places (rule 5.1).
    pub payment_window: TimeDelta,
    /// How long an unpaid order holds its places at the least, the close of sales notwithstanding
    /// (rule 5.1).
    pub minimum_payment_window: TimeDelta,
    /// The time of day in Shanghai on the visit date until which tickets are refunded (rule 6.2)
    /// and pass visits cancelled (rule 8.3).
    pub refund_until: NaiveTime,
    /// The time of day in Shanghai on the visit date from which on absence is recorded (rule 7.4).
    pub no_shows_at: NaiveTime,
    /// The rolling window in which no-shows add up (rule 7.2), in days, both ends included.
    pub no_show_window_days: u16,
    /// The no-show that bans (rule 7.2).
    pub no_shows_to_ban: usize,
    /// How long a ban lasts (rule 7.2), in days.
    pub ban_days: u16,
    /// How long after the visit personal data are kept (rule 10.3), in days; never shorter than the
    /// rolling window of no-shows.
    pub personal_data_days: u16,
    /// The entries of an annual pass (rule 8.1), which count for passes granted from then on.
    pub annual_pass_entries: u16,
    /// The pause between two refunds of one order at the payment provider (rule 6.8).
    pub refund_spacing: TimeDelta,
    /// The most refunds sent to the payment provider in one second (rule 6.8).
    pub refunds_per_second: u32,
    /// The time of day in Shanghai from which tourists are reminded of the next day's visit.
    pub remind_visitors_at: NaiveTime,
}

impl Default for Rules {
    fn default() -> Self {
        let twenty_hours = NaiveTime::from_hms_opt(20, 0, 0).unwrap_or(NaiveTime::MIN);
        Self {
            sales_open_days_ahead: 7,
            sales_open_at: twenty_hours,
            visitors_per_order: 5,
            adult_age: 18,
            senior_age: 60,
            accompanied_age: 14,
            children_per_adult: 3,
            unpaid_orders_per_account: 1,
            admissions_per_account_and_day: 5,
            saved_visitors_per_account: 10,
            few_left_percent: 5,
            exact_remaining_up_to: 999,
            payment_window: TimeDelta::minutes(30),
            minimum_payment_window: TimeDelta::minutes(5),
            refund_until: twenty_hours,
            no_shows_at: twenty_hours + TimeDelta::minutes(5),
            no_show_window_days: 180,
            no_shows_to_ban: 3,
            ban_days: 60,
            personal_data_days: 180,
            annual_pass_entries: 10,
            refund_spacing: TimeDelta::seconds(61),
            refunds_per_second: 100,
            remind_visitors_at: NaiveTime::from_hms_opt(10, 0, 0).unwrap_or(NaiveTime::MIN),
        }
    }
}
