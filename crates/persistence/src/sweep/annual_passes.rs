//! Annual passes and their visits: section 8 of the rules.

use super::Check;

/// Visits of a date.
pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "8.1",
        sql: "
SELECT CONCAT('order ', o.number, ' is ', o.kind, ' with ',
              IF(o.annual_pass_id IS NULL, 'no', 'an'), ' annual pass') AS finding
FROM orders o
WHERE o.visit_date = ? AND (o.kind = 'annual_pass') <> (o.annual_pass_id IS NOT NULL)",
    },
    Check {
        rule: "8.1",
        sql: "
SELECT CONCAT('order ', o.number, ' is a visit in ', YEAR(o.visit_date), ' on annual pass ',
              LOWER(HEX(o.annual_pass_id)), ', which is of ',
              COALESCE(p.year, 'no year: it does not exist')) AS finding
FROM orders o LEFT JOIN annual_passes p ON p.id = o.annual_pass_id
WHERE o.visit_date = ? AND o.annual_pass_id IS NOT NULL
  AND (p.id IS NULL OR p.year <> YEAR(o.visit_date))",
    },
    // A document that was erased, of the ticket or of the pass, is compared with none.
    Check {
        rule: "8.1",
        sql: "
SELECT CONCAT('order ', v.number, ' has ', v.tickets, ' tickets, ', v.others,
              ' of them not the holder''s of its annual pass') AS finding
FROM (
    SELECT o.number, COUNT(t.id) AS tickets,
           COALESCE(SUM(t.document_hash <> p.document_hash), 0) AS others
    FROM orders o
    JOIN annual_passes p ON p.id = o.annual_pass_id
    LEFT JOIN tickets t ON t.order_id = o.id
    WHERE o.visit_date = ?
    GROUP BY o.id, o.number
) v
WHERE v.tickets <> 1 OR v.others > 0",
    },
];

/// The entries of a pass are those of its visits, over all its dates: what is registered is
/// reserved, and what was made or missed is used (rule 8.3).
pub(super) const ENTRIES: Check = Check {
    rule: "8.1",
    sql: "
SELECT CONCAT('annual pass ', LOWER(HEX(c.id)), ' has ', c.reserved, ' entries reserved and ',
              c.used, ' used, its visits ', c.coming, ' and ', c.gone) AS finding
FROM (
    SELECT p.id, p.reserved, p.used,
           COALESCE(SUM(t.state = 'valid'), 0) AS coming,
           COALESCE(SUM(t.state IN ('used', 'expired')), 0) AS gone
    FROM annual_passes p
    LEFT JOIN orders o ON o.annual_pass_id = p.id
    LEFT JOIN tickets t ON t.order_id = o.id
    GROUP BY p.id, p.reserved, p.used
) c
WHERE c.reserved <> c.coming OR c.used <> c.gone",
};
