-- A no-show is named by its ticket. One that was waived is kept and does not count (rule 7.1).
ALTER TABLE no_shows
    ADD COLUMN waived_at    DATETIME(6) NULL,
    ADD COLUMN waiver_cause VARCHAR(16) NULL,
    ADD UNIQUE KEY uk_no_shows_ticket (ticket_id),
    ADD KEY ix_no_shows_date (visit_date, document_hash),
    ADD CONSTRAINT ck_no_shows_waiver CHECK (
        (waived_at IS NULL) = (waiver_cause IS NULL)
        AND (waiver_cause IS NULL OR waiver_cause IN ('appeal', 'day_closed', 'order_closed'))
    );
