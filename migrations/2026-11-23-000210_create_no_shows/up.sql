-- The key is rule 7.1: at most one a day for each document.
CREATE TABLE no_shows (
    document_hash BINARY(16)  NOT NULL,
    visit_date    DATE        NOT NULL,
    cause         VARCHAR(16) NOT NULL,
    ticket_id     BINARY(16)  NOT NULL,
    recorded_at   DATETIME(6) NOT NULL,
    PRIMARY KEY (document_hash, visit_date),
    CONSTRAINT ck_no_shows_cause CHECK (cause IN ('late_refund', 'absent'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
