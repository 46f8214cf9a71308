CREATE TABLE refund_items (
    refund_id  BINARY(16)        NOT NULL,
    position   SMALLINT UNSIGNED NOT NULL,
    ticket_id  BINARY(16)        NOT NULL,
    add_on_id  BINARY(16)        NULL,
    venue_code VARCHAR(32)       NOT NULL,
    category   VARCHAR(16)       NOT NULL,
    amount_fen BIGINT            NOT NULL,
    PRIMARY KEY (refund_id, position),
    CONSTRAINT fk_refund_items_refund FOREIGN KEY (refund_id) REFERENCES refunds (id),
    CONSTRAINT ck_refund_items_amount CHECK (amount_fen >= 0),
    CONSTRAINT ck_refund_items_category
        CHECK (category IN ('standard', 'senior', 'student', 'minor', 'annual_pass'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
