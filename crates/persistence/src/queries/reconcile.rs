//! Our side of the comparison with the provider's books.

use domain::payment::{PaymentAttempt, PaymentDifference};
use domain::ports::{ReconcileQueries, RefundSubmission, StoreError};

use super::MysqlQueries;
use crate::stores::{payment_rows, refund_submissions};

impl ReconcileQueries for MysqlQueries {
    fn payment_attempts(&self) -> Result<Vec<PaymentAttempt>, StoreError> {
        let rows = self.run(payment_rows::all_attempts)?;
        rows.into_iter().map(PaymentAttempt::try_from).collect()
    }

    fn payment_differences(&self) -> Result<Vec<PaymentDifference>, StoreError> {
        let rows = self.run(payment_rows::all_differences)?;
        rows.into_iter().map(PaymentDifference::try_from).collect()
    }

    fn refund_submissions(&self) -> Result<Vec<RefundSubmission>, StoreError> {
        let rows = self.run(refund_submissions::all_submissions)?;
        rows.into_iter().map(RefundSubmission::try_from).collect()
    }

    fn failed_submissions(&self) -> Result<Vec<RefundSubmission>, StoreError> {
        let rows = self.run(refund_submissions::failed_submissions)?;
        rows.into_iter().map(RefundSubmission::try_from).collect()
    }
}
