//! Invoices beside the money of their orders (V18).

use super::Check;

pub(super) const CHECKS: &[Check] = &[Check {
    rule: "V18",
    sql: "
SELECT CONCAT('order ', o.number, ': its invoice is ', i.state, ' over ', i.amount_fen, ' fen, ',
              o.paid_fen - o.refunded_fen, ' are kept') AS finding
FROM orders o JOIN invoices i ON i.live_order = o.id
WHERE o.visit_date = ?
  AND (i.state IN ('requested', 'issued') AND i.amount_fen <> o.paid_fen - o.refunded_fen
       OR i.state = 'reversal_needed' AND i.amount_fen <= o.paid_fen - o.refunded_fen)",
}];
