-- What has become of a message. Rows that are there already are queued, due at once, and queued
-- since they were written (queued_at is null): the job drops those that nobody wants to hear any
-- more. So are those that an instance of the release before still writes.
ALTER TABLE outbox_messages
    ADD COLUMN state           VARCHAR(16)  NOT NULL DEFAULT 'queued',
    ADD COLUMN attempts        INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN queued_at       DATETIME(6)  NULL,
    ADD COLUMN next_attempt_at DATETIME(6)  NOT NULL DEFAULT '2026-01-01 00:00:00.000000',
    ADD COLUMN failure         VARCHAR(32)  NULL,
    ADD COLUMN sent_at         DATETIME(6)  NULL,
    ADD KEY ix_outbox_messages_due (state, next_attempt_at),
    ADD CONSTRAINT ck_outbox_messages_state
        CHECK (state IN ('queued', 'sent', 'refused', 'dropped', 'dead')),
    ADD CONSTRAINT ck_outbox_messages_sent_at
        CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    ADD CONSTRAINT ck_outbox_messages_failure
        CHECK (state IN ('queued', 'sent') OR failure IS NOT NULL);
