ALTER TABLE no_shows
    DROP CONSTRAINT ck_no_shows_waiver,
    DROP KEY ix_no_shows_date,
    DROP KEY uk_no_shows_ticket,
    DROP COLUMN waiver_cause,
    DROP COLUMN waived_at;
