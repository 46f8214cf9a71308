//! Documents and places: rules 2.1, 4.2, 4.3, 4.6 and 4.9.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "4.3",
        sql: "
SELECT CONCAT('one document has ', COUNT(*), ' live admissions: tickets ',
              GROUP_CONCAT(LOWER(HEX(t.id)) ORDER BY t.id)) AS finding
FROM tickets t
WHERE t.visit_date = ? AND t.document_hash IS NOT NULL
  AND t.state IN ('held', 'valid', 'used', 'expired')
GROUP BY t.document_hash
HAVING COUNT(*) > 1",
    },
    // An erased ticket (rule 10.3) has neither hash, whatever its state.
    Check {
        rule: "4.3",
        sql: "
SELECT CONCAT('ticket ', LOWER(HEX(t.id)), ' is ', t.state, ' and ',
              IF(t.active_document IS NULL, 'does not hold', 'holds another key than'),
              ' its document''s') AS finding
FROM tickets t
WHERE t.visit_date = ?
  AND NOT t.active_document <=> IF(t.state IN ('held', 'valid', 'used', 'expired'),
                                   t.document_hash, NULL)",
    },
    Check {
        rule: "4.6",
        sql: "
SELECT CONCAT('quota ', q.session_code, ' ', q.venue_code, ' has taken ', q.taken,
              ', ceiling ', q.ceiling, ', capacity ', q.capacity) AS finding
FROM quotas q
WHERE q.visit_date = ? AND (q.taken < 0 OR q.ceiling <> GREATEST(q.capacity, q.taken))",
    },
    Check {
        rule: "4.6",
        sql: "
WITH places AS (
    SELECT o.session_code, t.venue_code, COUNT(*) AS live
    FROM orders o JOIN tickets t ON t.order_id = o.id
    WHERE o.visit_date = ? AND t.state IN ('held', 'valid', 'used', 'expired')
    GROUP BY o.session_code, t.venue_code
    UNION ALL
    SELECT o.session_code, a.venue_code, COUNT(*) AS live
    FROM orders o JOIN ticket_add_ons a ON a.order_id = o.id
    WHERE o.visit_date = ? AND a.state IN ('held', 'valid', 'used', 'expired')
    GROUP BY o.session_code, a.venue_code
), counted AS (
    SELECT session_code, venue_code, CAST(SUM(live) AS SIGNED) AS live
    FROM places GROUP BY session_code, venue_code
)
SELECT CONCAT('quota ', q.session_code, ' ', q.venue_code, ' has taken ', q.taken, ', but ',
              COALESCE(c.live, 0), ' places are live') AS finding
FROM quotas q
LEFT JOIN counted c ON c.session_code = q.session_code AND c.venue_code = q.venue_code
WHERE q.visit_date = ? AND q.taken <> COALESCE(c.live, 0)
UNION ALL
SELECT CONCAT(c.live, ' places are live in ', c.session_code, ' ', c.venue_code,
              ', which has no quota') AS finding
FROM counted c
WHERE NOT EXISTS (
    SELECT 1 FROM quotas q
    WHERE q.visit_date = ? AND q.session_code = c.session_code AND q.venue_code = c.venue_code)",
    },
    Check {
        rule: "2.1",
        sql: "
SELECT CONCAT('add-on ', LOWER(HEX(a.id)), ' of order ', o.number, ' is of ', a.venue_code,
              ', which ', IF(v.kind IS NULL, 'does not exist', 'every ticket admits to'))
           AS finding
FROM orders o
JOIN ticket_add_ons a ON a.order_id = o.id
LEFT JOIN venues v ON v.code = a.venue_code
WHERE o.visit_date = ? AND COALESCE(v.kind, '') <> 'add_on'",
    },
    // The tickets' own date, session and account, copied for look-ups, follow the order's.
    Check {
        rule: "4.2",
        sql: "
SELECT CONCAT('ticket ', LOWER(HEX(t.id)), ' differs from order ', o.number,
              ' in date, session or account') AS finding
FROM orders o JOIN tickets t ON t.order_id = o.id
WHERE o.visit_date = ?
  AND (t.visit_date <> o.visit_date OR t.session_code <> o.session_code
       OR t.account_id <> o.account_id)
UNION ALL
SELECT CONCAT('add-on ', LOWER(HEX(a.id)), ' differs from order ', o.number,
              ' in date, session or ticket') AS finding
FROM orders o
JOIN ticket_add_ons a ON a.order_id = o.id
JOIN tickets t ON t.id = a.ticket_id
WHERE o.visit_date = ?
  AND (a.visit_date <> o.visit_date OR a.session_code <> o.session_code
       OR t.order_id <> o.id)",
    },
    // The rule book's default: an operator who has raised the number reads over this finding.
    Check {
        rule: "4.9",
        sql: "
SELECT CONCAT('account ', LOWER(HEX(t.account_id)), ' has ', COUNT(*), ' live admissions')
           AS finding
FROM tickets t
WHERE t.visit_date = ? AND t.state IN ('held', 'valid', 'used', 'expired')
GROUP BY t.account_id
HAVING COUNT(*) > 5",
    },
    Check {
        rule: "4.9",
        sql: "
SELECT CONCAT('order ', o.number, ' is ', o.state, ' and ',
              IF(o.unpaid_account IS NULL, 'does not hold', 'wrongly holds'),
              ' its account''s place for an unpaid order') AS finding
FROM orders o
WHERE o.visit_date = ?
  AND NOT o.unpaid_account <=> IF(o.state = 'unpaid', o.account_id, NULL)",
    },
];
