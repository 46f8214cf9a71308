//! What is personal goes together, and once a day is erased nothing of it is left (rule 10.3).

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "10.3",
        sql: "
SELECT CONCAT('ticket ', LOWER(HEX(t.id)), ' has ',
              IF(t.document_hash IS NULL, 'a name and a number, but no hash',
                 'a hash, but neither name nor number')) AS finding
FROM tickets t
WHERE t.visit_date = ? AND (t.document_hash IS NULL) <> (t.sealed_identity IS NULL)",
    },
    Check {
        rule: "10.3",
        sql: "
SELECT CONCAT('ticket ', LOWER(HEX(t.id)), ' is personal still, though its day is erased')
           AS finding
FROM erased_days e JOIN tickets t ON t.visit_date = e.visit_date
WHERE e.visit_date = ? AND (t.document_hash IS NOT NULL OR t.sealed_identity IS NOT NULL)
UNION ALL
SELECT CONCAT('order ', o.number, ' has a phone number still, though its day is erased')
           AS finding
FROM erased_days e JOIN orders o ON o.visit_date = e.visit_date
WHERE e.visit_date = ? AND o.phone IS NOT NULL",
    },
    // A mail names its invoice by the id as text.
    Check {
        rule: "10.3",
        sql: "
SELECT CONCAT('order ', o.number, ': a mail about its invoice, which is erased, is not') AS finding
FROM orders o
JOIN invoices i ON i.order_id = o.id AND i.sealed_details IS NULL
JOIN mails m ON m.kind = 'invoice_issued'
  AND m.reference = CONVERT(LOWER(INSERT(INSERT(INSERT(INSERT(
        HEX(i.id), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-')) USING utf8mb4)
        COLLATE utf8mb4_bin
WHERE o.visit_date = ? AND (m.sealed_letter IS NOT NULL OR m.attachment_name IS NOT NULL)",
    },
];
