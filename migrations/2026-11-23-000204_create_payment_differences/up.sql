-- The key is what makes the same news, told again, no second difference (rule 5.5).
CREATE TABLE payment_differences (
    transaction_id VARCHAR(64)  NOT NULL,
    cause          VARCHAR(32)  NOT NULL,
    number         VARCHAR(32)  NOT NULL,
    amount_fen     BIGINT       NOT NULL,
    expected_fen   BIGINT       NULL,
    payer_open_id  VARCHAR(128) NOT NULL,
    success_time   DATETIME(6)  NOT NULL,
    noticed_at     DATETIME(6)  NOT NULL,
    PRIMARY KEY (transaction_id, cause),
    KEY ix_payment_differences_number (number),
    CONSTRAINT ck_payment_differences_amount CHECK (amount_fen >= 0),
    CONSTRAINT ck_payment_differences_cause
        CHECK (cause IN ('unknown_number', 'amount', 'payer', 'paid_twice'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
