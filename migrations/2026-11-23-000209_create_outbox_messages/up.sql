-- The key lets a unit that is run again tell nothing twice.
CREATE TABLE outbox_messages (
    kind       VARCHAR(32) NOT NULL,
    reference  VARCHAR(64) NOT NULL,
    account_id BINARY(16)  NOT NULL,
    order_id   BINARY(16)  NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (kind, reference),
    CONSTRAINT ck_outbox_messages_kind
        CHECK (kind IN ('order_paid', 'late_payment_returned', 'refund_succeeded'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
