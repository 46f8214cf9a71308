-- The key of kind and reference lets a unit that is run again write nothing twice.
CREATE TABLE mails (
    id              BINARY(16)   NOT NULL PRIMARY KEY,
    kind            VARCHAR(32)  NOT NULL,
    reference       VARCHAR(64)  NOT NULL,
    sealed_key_id   VARCHAR(64)  NULL,
    sealed_letter   BLOB         NULL,
    attachment_name VARCHAR(100) NULL,
    attachment      MEDIUMBLOB   NULL,
    state           VARCHAR(16)  NOT NULL,
    attempts        INT UNSIGNED NOT NULL,
    next_attempt_at DATETIME(6)  NOT NULL,
    last_error      VARCHAR(200) NULL,
    created_at      DATETIME(6)  NOT NULL,
    sent_at         DATETIME(6)  NULL,
    UNIQUE KEY uk_mails_reference (kind, reference),
    KEY ix_mails_due (state, next_attempt_at),
    KEY ix_mails_created (created_at),
    CONSTRAINT ck_mails_kind CHECK (kind IN ('invoice_issued')),
    CONSTRAINT ck_mails_state CHECK (state IN ('queued', 'sent', 'dead')),
    CONSTRAINT ck_mails_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT ck_mails_sealed CHECK ((sealed_key_id IS NULL) = (sealed_letter IS NULL)),
    CONSTRAINT ck_mails_attachment CHECK ((attachment_name IS NULL) = (attachment IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
