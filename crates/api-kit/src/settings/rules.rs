//! The numbers of the rule book, each within the range in which the rules still make sense.

use chrono::{NaiveTime, TimeDelta};
use domain::rules::Rules;

use super::check::Problems;
use super::raw::RawRules;

/// Reads the rules; what is out of range is noted and replaced by the default.
pub(super) fn check_rules(raw: &RawRules, problems: &mut Problems) -> Rules {
    let default = Rules::default();
    check_ranges(raw, problems);
    let window = minutes(raw.payment_window_minutes);
    let minimum = minutes(raw.minimum_payment_window_minutes);
    problems.unless(
        minimum <= window,
        "rules.minimum_payment_window_minutes",
        "must not be longer than payment_window_minutes",
    );
    Rules {
        sales_open_days_ahead: raw.sales_open_days_ahead,
        sales_open_at: time("rules.sales_open_at", &raw.sales_open_at, problems),
        visitors_per_order: raw.visitors_per_order,
        adult_age: raw.adult_age,
        senior_age: raw.senior_age,
        accompanied_age: raw.accompanied_age,
        children_per_adult: raw.children_per_adult,
        // The database's unique key knows only 1, so this is no setting.
        unpaid_orders_per_account: default.unpaid_orders_per_account,
        admissions_per_account_and_day: raw.admissions_per_account_and_day,
        saved_visitors_per_account: raw.saved_visitors_per_account,
        few_left_percent: raw.few_left_percent,
        exact_remaining_up_to: raw.exact_remaining_up_to,
        payment_window: window,
        minimum_payment_window: minimum,
        refund_until: time("rules.refund_until", &raw.refund_until, problems),
        no_shows_at: check_no_shows_at(raw, problems),
        no_show_window_days: raw.no_show_window_days,
        no_shows_to_ban: raw.no_shows_to_ban,
        ban_days: raw.ban_days,
        personal_data_days: raw.personal_data_days,
        annual_pass_entries: raw.annual_pass_entries,
        refund_spacing: TimeDelta::seconds(i64::from(raw.refund_spacing_seconds)),
        refunds_per_second: raw.refunds_per_second,
        remind_visitors_at: time(
            "rules.remind_visitors_at",
            &raw.remind_visitors_at,
            problems,
        ),
    }
}

fn check_ranges(raw: &RawRules, problems: &mut Problems) {
    problems.within(
        1..=60,
        raw.sales_open_days_ahead,
        "rules.sales_open_days_ahead",
    );
    problems.within(1..=20, raw.visitors_per_order, "rules.visitors_per_order");
    problems.within(1..=30, raw.adult_age, "rules.adult_age");
    problems.within(raw.adult_age..=120, raw.senior_age, "rules.senior_age");
    let below_adult = raw.adult_age.saturating_sub(1);
    problems.within(
        0..=below_adult,
        raw.accompanied_age,
        "rules.accompanied_age",
    );
    problems.within(1..=20, raw.children_per_adult, "rules.children_per_adult");
    problems.within(
        1..=100,
        raw.admissions_per_account_and_day,
        "rules.admissions_per_account_and_day",
    );
    problems.within(
        1..=100,
        raw.saved_visitors_per_account,
        "rules.saved_visitors_per_account",
    );
    problems.within(0..=100, raw.few_left_percent, "rules.few_left_percent");
    problems.within(
        1..=1440,
        raw.payment_window_minutes,
        "rules.payment_window_minutes",
    );
    problems.within(
        1..=1440,
        raw.minimum_payment_window_minutes,
        "rules.minimum_payment_window_minutes",
    );
    problems.within(
        1..=365,
        raw.no_show_window_days,
        "rules.no_show_window_days",
    );
    problems.within(
        raw.no_show_window_days..=3650,
        raw.personal_data_days,
        "rules.personal_data_days",
    );
    problems.within(1..=100, raw.no_shows_to_ban, "rules.no_shows_to_ban");
    problems.within(1..=3650, raw.ban_days, "rules.ban_days");
    problems.within(
        1..=366,
        raw.annual_pass_entries,
        "rules.annual_pass_entries",
    );
    problems.within(
        1..=86_400,
        raw.refund_spacing_seconds,
        "rules.refund_spacing_seconds",
    );
    problems.within(1..=150, raw.refunds_per_second, "rules.refunds_per_second");
}

/// Rule 7.4: absence is recorded once nothing can be refunded any more.
fn check_no_shows_at(raw: &RawRules, problems: &mut Problems) -> NaiveTime {
    let at = time("rules.no_shows_at", &raw.no_shows_at, problems);
    let refund_until = NaiveTime::parse_from_str(&raw.refund_until, "%H:%M");
    problems.unless(
        refund_until.is_ok_and(|until| until <= at),
        "rules.no_shows_at",
        "must not be earlier than refund_until",
    );
    at
}

fn minutes(count: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(count))
}

fn time(setting: &'static str, text: &str, problems: &mut Problems) -> NaiveTime {
    let time = NaiveTime::parse_from_str(text, "%H:%M");
    problems.unless(time.is_ok(), setting, "must be a time of day such as 20:00");
    time.unwrap_or_default()
}
