//! The contract of the ports, a case for each sentence.
//!
//! A store is tested by naming a factory of [`Subject`]s, each over empty stores of its own:
//!
//! ```
//! # use std::sync::Arc;
//! use domain::ports::{Queries, Sweep, UnitOfWork};
//! use domain::testing::MemoryStore;
//! use domain::testing::contract::Subject;
//!
//! struct InMemory(Arc<MemoryStore>);
//!
//! impl Subject for InMemory {
//!     fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
//!         self.0.clone()
//!     }
//!     fn queries(&self) -> Arc<dyn Queries> {
//!         self.0.clone()
//!     }
//!     fn sweep(&self) -> Arc<dyn Sweep> {
//!         self.0.clone()
//!     }
//! }
//!
//! fn in_memory() -> InMemory {
//!     InMemory(Arc::new(MemoryStore::new()))
//! }
//!
//! domain::contract_suite!(in_memory);
//! # fn main() {}
//! ```
//!
//! A store on which several units are open at once is tested by
//! [`concurrent_contract_suite!`](crate::concurrent_contract_suite) as well.

#![expect(
    missing_docs,
    reason = "a case is named by the sentence that it checks; the sentence stands on the port"
)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a case is a test: what is missing fails it"
)]

use std::sync::Arc;

use crate::ports::{Queries, Sweep, UnitOfWork};

pub mod account_queries;
pub mod accounts;
pub mod annual_passes;
pub mod bans;
pub mod calendar_queries;
pub mod catalogue;
pub mod check_ins;
pub mod concurrent;
pub mod content;
pub mod contention;
pub mod days;
pub mod document_hashes;
pub mod erasures;
pub mod gates;
pub mod invoices;
pub mod leases;
pub mod ledger;
pub mod mails;
pub mod order_queries;
pub mod orders;
pub mod outbox;
pub mod payments;
pub mod quotas;
pub mod refunds;
pub mod revocations;
pub mod sale_queries;
mod scene;
pub mod sealed_rows;
pub mod sweep;
pub mod tickets;
pub mod unit_of_work;
pub mod visitors;

/// A store under test, empty when it is made; what it needs lives as long as it does.
pub trait Subject {
    /// Transactions; at least 5 at once, waiting for each other or not.
    fn unit_of_work(&self) -> Arc<dyn UnitOfWork>;
    /// Read models of the same store, which can be read while a unit is open.
    fn queries(&self) -> Arc<dyn Queries>;
    /// The sweep over the same store.
    fn sweep(&self) -> Arc<dyn Sweep>;
}

/// Makes a `#[test]` of each case of the contract, on what `factory` (the path of a function
/// without arguments that returns a [`Subject`]) makes anew for each.
#[macro_export]
macro_rules! contract_suite {
    ($factory:path) => {
        $crate::contract_tests! { $factory;
            unit_of_work {
                what_succeeds_is_committed, what_fails_is_rolled_back_whole,
                a_unit_sees_its_own_writes, nobody_else_sees_them_before_the_commit,
                the_error_of_the_work_is_handed_on, a_panic_leaves_nothing_behind
            }
            days {
                a_day_is_taken_as_it_was_put, a_day_without_a_row_is_not_there,
                a_range_has_both_ends_and_is_in_order, a_day_is_added_once, a_day_is_put_anew,
                holidays_are_those_imported, a_year_is_replaced_whole,
                a_year_without_holidays_is_known
            }
            quotas {
                a_day_is_locked_in_the_order_of_its_keys, other_days_are_left_out,
                numbers_are_saved, saving_none_does_nothing, a_second_of_one_key_is_refused
            }
            catalogue {
                a_new_store_has_none, sessions_are_by_position, venues_are_by_position,
                prices_are_those_put, what_exists_is_written_anew
            }
            orders {
                an_order_comes_whole, nothing_is_found_that_is_not_there,
                an_order_is_found_by_its_number, orders_are_found_by_request_keys,
                a_document_has_one_live_ticket_a_day, the_same_document_comes_again_another_day,
                a_document_stands_once_in_an_order, a_cancelled_ticket_frees_its_document,
                an_account_has_one_unpaid_order, a_paid_order_makes_room_for_an_unpaid_one,
                a_request_key_is_taken_once, of_two_in_one_call_the_second_is_refused, those_locked_come_by_id,
                free_ones_come_by_id, a_payment_is_saved, a_cancellation_is_saved,
                orders_are_saved_each_with_its_own_money,
                an_expired_order_is_revived, a_revival_runs_into_a_document,
                a_refund_is_saved, no_more_goes_back_than_was_paid, an_admission_is_saved,
                nothing_else_is_saved, unpaid_orders_are_told_lapsed_or_not,
                the_longest_lapsed_come_first, lapsed_ones_of_a_date, instants_keep_microseconds,
                erased_identities_stay_readable, a_group_is_stored_at_once,
                orders_that_may_be_closed_come_by_id
            }
            tickets {
                a_held_document_is_told, free_documents_are_not_told,
                live_admissions_are_told_over_all_sessions, what_is_not_live_is_not_told,
                a_documents_tickets_are_told_in_any_state, a_ticket_tells_its_order,
                what_is_still_valid_is_told_by_date
            }
            accounts {
                an_account_is_found_by_id_and_person, a_person_has_one_account,
                a_phone_is_saved, verified_numbers_name_their_accounts, an_account_is_locked
            }
            visitors {
                an_account_has_its_visitors_oldest_first, a_document_stands_once_in_an_account,
                another_account_may_have_the_document, a_visitor_is_written_anew,
                no_visitor_gets_the_document_of_another, a_visitor_is_deleted_by_its_account_alone
            }
            payments {
                an_attempt_is_found_by_its_number, attempts_are_found_by_their_numbers,
                an_order_has_one_attempt, an_attempt_is_saved, nothing_else_is_saved,
                attempts_are_booked_together, an_attempt_that_is_not_there_is_not_booked,
                due_attempts_are_claimed_once,
                the_longest_due_are_claimed_first, only_open_attempts_are_claimed,
                attempts_are_hastened, hastened_attempts_come_before_routine_ones,
                a_difference_is_noted_once
            }
            annual_passes {
                a_pass_comes_whole, a_pass_is_found_by_document_and_year,
                a_document_has_one_pass_a_year, erased_passes_are_equal_to_none,
                those_locked_come_by_id, entries_and_voiding_are_saved_and_nothing_else,
                no_more_is_taken_than_was_granted, those_not_void_are_told_by_id,
                passes_of_documents_come_latest_year_first, visits_come_by_date,
                a_visit_names_its_pass, the_passes_of_orders_are_told_once,
                a_visit_without_its_pass_is_refused,
                a_pass_stays_with_its_order
            }
            refunds {
                a_refund_comes_whole, a_refund_is_found_by_its_request_key,
                a_request_key_is_taken_once, the_longest_waiting_order_is_submitted_first,
                an_order_waits_for_its_submission, an_order_waits_for_the_pause,
                those_that_wait_come_oldest_first, a_submission_is_found, a_number_is_taken_once,
                submissions_come_oldest_first, due_submissions_are_claimed_once,
                only_those_of_the_state_are_claimed, refunds_follow_their_submission,
                a_pending_submission_leaves_its_refunds, a_failure_finishes,
                a_decided_submission_stays_so, a_success_after_a_failure_is_believed,
                a_failed_submission_is_reopened, only_a_failed_submission_is_reopened,
                a_refund_without_money_is_never_submitted
            }
            ledger {
                a_line_is_booked_once, lines_of_one_reference_differ_by_venue_and_category,
                a_message_is_written_once, messages_differ_by_kind_and_reference
            }
            outbox {
                a_message_is_queued_and_due_since_it_was_written, due_messages_are_claimed_once,
                the_longest_due_are_claimed_first, only_queued_messages_are_claimed,
                what_becomes_of_a_message_is_written, nothing_else_is_written,
                what_is_decided_stays_so, a_dead_message_is_queued_again,
                only_a_dead_message_is_queued_again, orders_to_remind_come_by_id,
                orders_are_reminded_once, only_expected_visitors_are_reminded,
                messages_of_a_state_come_oldest_first, the_backlog_is_counted
            }
            content {
                codes_are_told_in_order, banners_come_whole_and_by_position,
                banners_are_shown_in_their_period, what_exists_is_written_anew,
                no_banner_opens_a_notice_that_is_not_there,
                the_pinned_and_the_newest_notices_come_first,
                a_notice_is_read_once_it_is_published, exhibitions_are_told_until_they_are_over
            }
            invoices {
                an_invoice_comes_whole, an_order_has_one_live_invoice,
                a_closed_invoice_makes_room_for_another, what_is_saved_is_read,
                nothing_else_is_saved, a_number_is_taken_once,
                the_longest_waiting_invoices_are_listed_first
            }
            mails {
                a_mail_comes_whole, a_mail_is_written_once, due_mails_are_claimed_once,
                the_longest_due_are_claimed_first, what_came_of_it_is_settled,
                what_is_settled_stays_so, a_dead_mail_is_queued_again,
                the_newest_mails_are_listed_first
            }
            bans {
                a_ban_is_told_until_its_last_day, what_counts_is_told_in_date_order,
                a_second_no_show_a_day_changes_nothing, no_shows_are_recorded_together,
                a_waived_no_show_counts_no_more,
                what_counts_on_a_day_is_told_by_document, a_second_ban_of_a_day_changes_nothing,
                a_lifted_ban_is_told_no_more_until_it_runs_again
            }
            revocations {
                a_token_is_revoked_until_it_expires, revoking_again_does_nothing,
                expired_ones_are_forgotten
            }
            leases {
                a_lease_keeps_others_out, its_holder_renews_it, it_ends_when_it_says,
                it_is_given_back, only_its_holder_gives_it_back, jobs_have_leases_of_their_own
            }
            erasures {
                dates_with_tickets_are_due_until_noted, tickets_are_erased_in_batches_and_once,
                phone_numbers_are_erased_in_batches_and_once,
                no_shows_are_deleted_unless_a_running_ban_rests_on_them,
                bans_are_deleted_once_they_are_over_and_consume_nothing,
                invoices_are_erased_with_their_mail_in_batches_and_once,
                a_mail_that_outlives_its_invoice_is_found,
                passes_up_to_a_year_are_erased_in_batches_and_once
            }
            sealed_rows {
                rows_are_walked_by_id, saved_visitors_are_walked_too,
                erased_rows_are_walked_without_text, only_what_was_not_changed_is_resealed,
                the_use_of_keys_is_counted,
                how_far_it_has_come_is_remembered_by_table_and_key
            }
            document_hashes {
                the_first_key_is_adopted_and_stays, keys_are_replaced_where_there_are_some,
                hashed_rows_are_walked_by_id, a_new_hash_is_looked_up_and_unique_as_the_former,
                no_shows_and_bans_follow_their_document, what_no_ticket_leads_to_is_counted
            }
            gates {
                a_gate_is_found_as_it_was_added, a_name_is_taken_once, a_gate_is_revoked_once
            }
            check_ins {
                a_check_in_comes_whole, a_request_key_is_taken_once,
                a_ticket_is_admitted_to_a_venue_once
            }
            sale_queries {
                a_version_grows_when_a_day_is_taken,
                customers_are_those_with_an_order_in_any_state,
                the_first_lapse_is_that_of_unpaid_orders_of_the_day
            }
            calendar_queries {
                days_and_quotas_of_a_range, the_catalogue_is_read
            }
            account_queries {
                an_account_and_its_visitors, the_history_of_a_document, no_shows_of_a_day_are_listed
            }
            order_queries {
                the_newest_come_first, pages_follow_each_other, tabs_show_their_states,
                an_order_is_read_whosever, refunds_are_read, only_what_succeeded_is_refunded
            }
            sweep {
                all_dates_are_told_in_order, sound_sales_bring_no_finding,
                a_wrong_count_is_found, places_without_a_quota_are_found,
                a_state_that_is_not_that_of_its_tickets_is_found,
                a_payment_without_the_ledger_is_found, a_refund_without_its_row_is_found,
                too_many_admissions_of_an_account_are_found, an_add_on_of_no_such_venue_is_found,
                money_without_its_order_is_found,
                a_message_without_its_order_is_found, a_forgotten_attempt_is_found,
                an_invoice_over_another_sum_is_found, an_invoice_without_its_order_is_found,
                an_entry_that_is_not_a_use_is_found,
                a_miscounted_pass_is_found, a_visit_on_the_wrong_pass_is_found,
                a_no_show_that_is_not_its_tickets_is_found, an_expired_ticket_without_a_no_show_is_found,
                a_no_show_of_a_closed_day_is_found, a_ban_without_its_third_is_found,
                a_day_that_nobody_recorded_is_found,
                findings_tell_no_personal_data
            }
            contention {
                a_second_unit_waits_for_the_day, locked_quotas_lose_no_update,
                locked_orders_lose_no_update, locked_passes_lose_no_update, a_locked_account_counts_exactly,
                of_orders_for_one_document_one_succeeds, of_unpaid_orders_one_succeeds,
                of_equal_requests_one_succeeds, of_two_accounts_of_a_person_one_succeeds,
                each_attempt_is_claimed_by_one, each_submission_is_claimed_by_one,
                of_invoices_of_an_order_one_succeeds, each_mail_is_claimed_by_one,
                each_message_is_claimed_by_one, a_lease_goes_to_one,
                no_shows_of_a_document_count_each_other
            }
        }
    };
}

/// As [`contract_suite!`](crate::contract_suite), the cases in which two units are open at once;
/// a store that runs one unit after the other would wait for itself.
#[macro_export]
macro_rules! concurrent_contract_suite {
    ($factory:path) => {
        $crate::contract_tests! { $factory;
            concurrent {
                orders_that_are_locked_are_passed_over, a_deadlock_is_run_again,
                a_swallowed_deadlock_is_not_committed
            }
        }
    };
}

/// The tests of the suites above.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_tests {
    ($factory:path; $($area:ident { $($case:ident),+ $(,)? })+) => {$(
        mod $area {
            use super::*;

            $(
                #[test]
                fn $case() {
                    $crate::testing::contract::$area::$case(&$factory());
                }
            )+
        }
    )+};
}

#[cfg(test)]
mod tests;
