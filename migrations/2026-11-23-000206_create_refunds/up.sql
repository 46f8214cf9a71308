CREATE TABLE refunds (
    id                BINARY(16)  NOT NULL PRIMARY KEY,
    order_id          BINARY(16)  NOT NULL,
    account_id        BINARY(16)  NOT NULL,
    cause             VARCHAR(16) NOT NULL,
    amount_fen        BIGINT      NOT NULL,
    state             VARCHAR(16) NOT NULL,
    submission_number VARCHAR(64) NULL,
    request_key       BINARY(32)  NOT NULL,
    body_digest       BINARY(32)  NOT NULL,
    requested_at      DATETIME(6) NOT NULL,
    finished_at       DATETIME(6) NULL,
    UNIQUE KEY uk_refunds_request_key (request_key),
    KEY ix_refunds_order (order_id, requested_at),
    KEY ix_refunds_submission (submission_number),
    KEY ix_refunds_waiting (state, submission_number, requested_at),
    CONSTRAINT fk_refunds_submission
        FOREIGN KEY (submission_number) REFERENCES refund_submissions (number),
    CONSTRAINT ck_refunds_amount CHECK (amount_fen >= 0),
    CONSTRAINT ck_refunds_cause CHECK (cause IN ('tourist', 'staff', 'late_payment')),
    CONSTRAINT ck_refunds_state CHECK (state IN ('requested', 'submitted', 'succeeded', 'failed'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
