//! Money that came in: prices, payments, attempts and the ledger (rules 2.2 and 5.2–5.6).

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "2.2",
        sql: "
SELECT CONCAT('order ', p.number, ' has a total of ', p.total_fen, ' fen, its places cost ',
              p.priced) AS finding
FROM (
    SELECT o.number, o.total_fen,
           (SELECT COALESCE(SUM(t.price_fen), 0) FROM tickets t WHERE t.order_id = o.id)
           + (SELECT COALESCE(SUM(a.price_fen), 0)
              FROM ticket_add_ons a WHERE a.order_id = o.id) AS priced
    FROM orders o WHERE o.visit_date = ?
) p
WHERE p.total_fen <> p.priced",
    },
    // Orders that are not alive have taken all of their money, or none of it.
    Check {
        rule: "5.3",
        sql: "
SELECT CONCAT('order ', o.number, ' is ', o.state, ' and has taken ', o.paid_fen, ' of ',
              o.total_fen, ' fen') AS finding
FROM orders o
WHERE o.visit_date = ? AND NOT CASE
    WHEN o.state = 'unpaid' THEN o.paid_fen = 0
    WHEN o.state IN ('paid', 'used', 'refunded') THEN o.paid_fen = o.total_fen
    ELSE o.paid_fen IN (0, o.total_fen) END",
    },
    Check {
        rule: "5.2",
        sql: "
SELECT CONCAT('order ', o.number, ' is ', o.state, ', has taken ', o.paid_fen, ' fen and ',
              IF(o.paid_at IS NULL, 'no', 'a'), ' time of payment') AS finding
FROM orders o
WHERE o.visit_date = ? AND NOT CASE
    WHEN o.paid_fen > 0 OR o.state IN ('paid', 'used', 'refunded') THEN o.paid_at IS NOT NULL
    WHEN o.state = 'closed' THEN TRUE
    ELSE o.paid_at IS NULL END",
    },
    Check {
        rule: "5.5",
        sql: "
SELECT CONCAT('order ', l.number, ' has taken ', l.paid_fen, ' fen, the ledger says ',
              l.booked) AS finding
FROM (
    SELECT o.number, o.paid_fen,
           (SELECT COALESCE(SUM(s.amount_fen), 0) FROM sales_ledger s
            WHERE s.order_id = o.id AND s.kind = 'payment') AS booked
    FROM orders o WHERE o.visit_date = ?
) l
WHERE l.paid_fen <> l.booked",
    },
    Check {
        rule: "5.5",
        sql: "
SELECT CONCAT('order ', o.number, ' has a ledger line of ', s.visit_date, ' ', s.session_code)
           AS finding
FROM orders o JOIN sales_ledger s ON s.order_id = o.id
WHERE o.visit_date = ?
  AND (s.visit_date <> o.visit_date OR s.session_code <> o.session_code)",
    },
    Check {
        rule: "5.5",
        sql: "
SELECT CONCAT('order ', o.number, ' has taken ', o.paid_fen,
              ' fen, its payment attempt is ', COALESCE(p.state, 'missing')) AS finding
FROM orders o LEFT JOIN payment_attempts p ON p.order_id = o.id
WHERE o.visit_date = ? AND (o.paid_fen > 0) <> COALESCE(p.state = 'paid', FALSE)",
    },
    Check {
        rule: "5.5",
        sql: "
SELECT CONCAT('the paid attempt of order ', o.number, ' does not name the payment') AS finding
FROM orders o JOIN payment_attempts p ON p.order_id = o.id
WHERE o.visit_date = ? AND p.state = 'paid' AND p.transaction_id IS NULL",
    },
    Check {
        rule: "5.5",
        sql: "
SELECT CONCAT('the attempt of order ', o.number,
              ' met a difference that is not on the list') AS finding
FROM orders o JOIN payment_attempts p ON p.order_id = o.id
WHERE o.visit_date = ? AND p.state = 'difference'
  AND NOT EXISTS (SELECT 1 FROM payment_differences d WHERE d.number = p.number)",
    },
    Check {
        rule: "5.6",
        sql: "
SELECT CONCAT('order ', o.number, ' of ', o.total_fen, ' fen has the attempt ', p.number,
              ' of ', p.amount_fen) AS finding
FROM orders o JOIN payment_attempts p ON p.order_id = o.id
WHERE o.visit_date = ? AND (p.number <> o.number OR p.amount_fen <> o.total_fen)",
    },
];
