-- One attempt for each order, for good (rule 5.6): its number is the order's.
CREATE TABLE payment_attempts (
    number         VARCHAR(32)  NOT NULL PRIMARY KEY,
    order_id       BINARY(16)   NOT NULL,
    amount_fen     BIGINT       NOT NULL,
    payer_open_id  VARCHAR(128) NOT NULL,
    time_expire    DATETIME(6)  NOT NULL,
    state          VARCHAR(16)  NOT NULL,
    prepay_id      VARCHAR(128) NULL,
    transaction_id VARCHAR(64)  NULL,
    created_at     DATETIME(6)  NOT NULL,
    next_check_at  DATETIME(6)  NOT NULL,
    UNIQUE KEY uk_payment_attempts_order (order_id),
    KEY ix_payment_attempts_due (state, next_check_at),
    CONSTRAINT ck_payment_attempts_amount CHECK (amount_fen >= 0),
    CONSTRAINT ck_payment_attempts_state CHECK (state IN ('open', 'paid', 'closed', 'difference'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
