-- What goes to the payment provider: one number for one or several refunds of one order (rule 6.8).
CREATE TABLE refund_submissions (
    number          VARCHAR(64)  NOT NULL PRIMARY KEY,
    order_id        BINARY(16)   NOT NULL,
    order_number    VARCHAR(32)  NOT NULL,
    amount_fen      BIGINT       NOT NULL,
    total_fen       BIGINT       NOT NULL,
    state           VARCHAR(16)  NOT NULL,
    attempts        INT UNSIGNED NOT NULL,
    created_at      DATETIME(6)  NOT NULL,
    next_attempt_at DATETIME(6)  NOT NULL,
    KEY ix_refund_submissions_order (order_id, created_at),
    KEY ix_refund_submissions_due (state, next_attempt_at),
    CONSTRAINT ck_refund_submissions_amount CHECK (amount_fen BETWEEN 0 AND total_fen),
    CONSTRAINT ck_refund_submissions_state
        CHECK (state IN ('pending', 'accepted', 'succeeded', 'failed'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
