//! Money that went back: refunds, their places and submissions, and the ledger (section 6).

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "6.6",
        sql: "
SELECT CONCAT('order ', o.number, ' has taken ', o.paid_fen, ' fen and given back ',
              o.refunded_fen) AS finding
FROM orders o
WHERE o.visit_date = ? AND o.refunded_fen > o.paid_fen",
    },
    Check {
        rule: "6.6",
        sql: "
SELECT CONCAT('order ', m.number, ' has given back ', m.refunded_fen, ' fen, its refunds say ',
              m.asked, ', the ledger says ', m.booked) AS finding
FROM (
    SELECT o.number, o.refunded_fen,
           (SELECT COALESCE(SUM(r.amount_fen), 0) FROM refunds r
            WHERE r.order_id = o.id) AS asked,
           (SELECT COALESCE(SUM(s.amount_fen), 0) FROM sales_ledger s
            WHERE s.order_id = o.id AND s.kind = 'refund') AS booked
    FROM orders o WHERE o.visit_date = ?
) m
WHERE m.refunded_fen <> m.asked OR m.refunded_fen <> m.booked",
    },
    Check {
        rule: "5.3",
        sql: "
SELECT CONCAT('order ', o.number, ' is cancelled and keeps ', o.paid_fen - o.refunded_fen,
              ' fen') AS finding
FROM orders o
WHERE o.visit_date = ? AND o.state = 'cancelled' AND o.refunded_fen < o.paid_fen",
    },
    Check {
        rule: "6.6",
        sql: "
SELECT CONCAT('refund ', LOWER(HEX(i.id)), ' is of ', i.amount_fen, ' fen, its places cost ',
              i.priced) AS finding
FROM (
    SELECT r.id, r.amount_fen,
           (SELECT COALESCE(SUM(i.amount_fen), 0) FROM refund_items i
            WHERE i.refund_id = r.id) AS priced
    FROM orders o JOIN refunds r ON r.order_id = o.id
    WHERE o.visit_date = ?
) i
WHERE i.amount_fen <> i.priced",
    },
    // A place goes back once, and only what went back is refunded. Money that came too late goes
    // back for places that were cancelled before.
    Check {
        rule: "6.6",
        sql: "
SELECT CONCAT('ticket ', LOWER(HEX(p.id)), ' is ', p.state, ' and stands in ', p.refunds,
              ' refunds') AS finding
FROM (
    SELECT t.id, t.state,
           (SELECT COUNT(*) FROM refunds r JOIN refund_items i ON i.refund_id = r.id
            WHERE r.order_id = o.id AND i.ticket_id = t.id AND i.add_on_id IS NULL) AS refunds
    FROM orders o JOIN tickets t ON t.order_id = o.id
    WHERE o.visit_date = ?
) p
WHERE NOT CASE p.state
    WHEN 'refunded' THEN p.refunds = 1
    WHEN 'cancelled' THEN p.refunds IN (0, 1)
    ELSE p.refunds = 0 END",
    },
    Check {
        rule: "6.6",
        sql: "
SELECT CONCAT('add-on ', LOWER(HEX(p.id)), ' is ', p.state, ' and stands in ', p.refunds,
              ' refunds') AS finding
FROM (
    SELECT a.id, a.state,
           (SELECT COUNT(*) FROM refunds r JOIN refund_items i ON i.refund_id = r.id
            WHERE r.order_id = o.id AND i.add_on_id = a.id) AS refunds
    FROM orders o JOIN ticket_add_ons a ON a.order_id = o.id
    WHERE o.visit_date = ?
) p
WHERE NOT CASE p.state
    WHEN 'refunded' THEN p.refunds = 1
    WHEN 'cancelled' THEN p.refunds IN (0, 1)
    ELSE p.refunds = 0 END",
    },
    // Rule 6.8: what costs nothing succeeds without a submission.
    Check {
        rule: "6.7",
        sql: "
SELECT CONCAT('refund ', LOWER(HEX(r.id)), ' is ', r.state, ', its submission is ',
              COALESCE(s.state, 'missing')) AS finding
FROM orders o
JOIN refunds r ON r.order_id = o.id
LEFT JOIN refund_submissions s ON s.number = r.submission_number
WHERE o.visit_date = ? AND NOT CASE r.state
    WHEN 'requested' THEN COALESCE(s.state, 'pending') = 'pending' AND r.amount_fen > 0
    WHEN 'submitted' THEN COALESCE(s.state, '') = 'accepted'
    WHEN 'succeeded' THEN COALESCE(s.state, IF(r.amount_fen = 0, 'succeeded', '')) = 'succeeded'
    ELSE COALESCE(s.state, '') = 'failed' END",
    },
    Check {
        rule: "6.7",
        sql: "
SELECT CONCAT('refund ', LOWER(HEX(r.id)), ' is ', r.state, ' and has ',
              IF(r.finished_at IS NULL, 'no', 'a'), ' time of its end') AS finding
FROM orders o JOIN refunds r ON r.order_id = o.id
WHERE o.visit_date = ?
  AND (r.state IN ('succeeded', 'failed')) <> (r.finished_at IS NOT NULL)",
    },
    Check {
        rule: "6.8",
        sql: "
SELECT CONCAT('submission ', c.number, ' is of ', c.amount_fen, ' of ', c.total_fen,
              ' fen, its refunds of ', c.carried, ' of ', c.paid_fen) AS finding
FROM (
    SELECT s.number, s.amount_fen, s.total_fen, o.paid_fen,
           (SELECT COALESCE(SUM(r.amount_fen), 0) FROM refunds r
            WHERE r.submission_number = s.number AND r.order_id = o.id) AS carried
    FROM orders o JOIN refund_submissions s ON s.order_id = o.id
    WHERE o.visit_date = ?
) c
WHERE c.amount_fen <> c.carried OR c.total_fen <> c.paid_fen",
    },
];
