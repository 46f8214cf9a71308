//! Check-ins beside the tickets they admitted (rule 9.2).

use super::Check;

pub(super) const CHECKS: &[Check] = &[Check {
    rule: "9.2",
    sql: "
SELECT CONCAT('ticket ', LOWER(HEX(t.id)), ' was admitted to ', c.venue_code,
              ' and is not used there') AS finding
FROM tickets t
JOIN check_in_tickets e ON e.ticket_id = t.id AND e.admitted_venue IS NOT NULL
JOIN check_ins c ON c.request_key = e.request_key
LEFT JOIN ticket_add_ons a ON a.ticket_id = t.id AND a.venue_code = e.admitted_venue
WHERE t.visit_date = ? AND NOT CASE
    WHEN t.venue_code = e.admitted_venue
    THEN t.admitted_at <=> c.checked_in_at AND t.admitted_gate <=> c.gate
    ELSE a.admitted_at <=> c.checked_in_at AND a.admitted_gate <=> c.gate END",
}];
