//! States of orders, tickets and add-ons: section 5 of the rules.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    // The state of an order follows from its tickets; one without tickets is wrong in any state.
    Check {
        rule: "5",
        sql: "
SELECT CONCAT('order ', c.number, ' is ', c.state, ' with ', c.tickets, ' tickets: ',
              c.held, ' held, ', c.valid, ' valid, ', c.used, ' used, ', c.refunded,
              ' refunded, ', c.cancelled, ' cancelled') AS finding
FROM (
    SELECT o.number, o.state, COUNT(t.id) AS tickets,
           COALESCE(SUM(t.state = 'held'), 0) AS held,
           COALESCE(SUM(t.state = 'valid'), 0) AS valid,
           COALESCE(SUM(t.state = 'used'), 0) AS used,
           COALESCE(SUM(t.state = 'refunded'), 0) AS refunded,
           COALESCE(SUM(t.state = 'cancelled'), 0) AS cancelled
    FROM orders o LEFT JOIN tickets t ON t.order_id = o.id
    WHERE o.visit_date = ?
    GROUP BY o.id, o.number, o.state
) c
WHERE c.tickets = 0 OR NOT CASE c.state
    WHEN 'unpaid' THEN c.held = c.tickets
    WHEN 'cancelled' THEN c.cancelled = c.tickets
    WHEN 'refunded' THEN c.refunded = c.tickets
    WHEN 'paid' THEN c.held = 0 AND c.cancelled = 0 AND c.refunded < c.tickets
                     AND (c.valid > 0 OR c.used = 0)
    WHEN 'used' THEN c.held = 0 AND c.cancelled = 0 AND c.valid = 0 AND c.used > 0
    WHEN 'closed' THEN c.held = 0 AND c.valid = 0
    ELSE FALSE END",
    },
    Check {
        rule: "5",
        sql: "
SELECT CONCAT('ticket ', LOWER(HEX(t.id)), ' is ', t.state, ', its add-on ', LOWER(HEX(a.id)),
              ' is ', a.state) AS finding
FROM orders o
JOIN tickets t ON t.order_id = o.id
JOIN ticket_add_ons a ON a.ticket_id = t.id
WHERE o.visit_date = ? AND NOT CASE t.state
    WHEN 'valid' THEN a.state IN ('valid', 'refunded')
    WHEN 'used' THEN a.state IN ('valid', 'used', 'refunded', 'expired')
    WHEN 'expired' THEN a.state IN ('expired', 'refunded')
    ELSE a.state = t.state END",
    },
    Check {
        rule: "5",
        sql: "
SELECT CONCAT('order ', o.number, ' is ', o.state, ' with the cause of cancellation ',
              COALESCE(o.cancel_cause, 'missing')) AS finding
FROM orders o
WHERE o.visit_date = ? AND (o.state = 'cancelled') <> (o.cancel_cause IS NOT NULL)",
    },
    Check {
        rule: "9.2",
        sql: "
SELECT CONCAT('ticket ', LOWER(HEX(t.id)), ' is ', t.state, ' and was ',
              IF(t.admitted_at IS NULL, 'never ', ''), 'admitted') AS finding
FROM orders o JOIN tickets t ON t.order_id = o.id
WHERE o.visit_date = ? AND (t.state = 'used') <> (t.admitted_at IS NOT NULL)
UNION ALL
SELECT CONCAT('add-on ', LOWER(HEX(a.id)), ' is ', a.state, ' and was ',
              IF(a.admitted_at IS NULL, 'never ', ''), 'admitted') AS finding
FROM orders o JOIN ticket_add_ons a ON a.order_id = o.id
WHERE o.visit_date = ? AND (a.state = 'used') <> (a.admitted_at IS NOT NULL)",
    },
];
