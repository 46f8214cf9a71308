-- live_order is the order's id while the invoice is live, so that an order has one at the most.
CREATE TABLE invoices (
    id             BINARY(16)      NOT NULL PRIMARY KEY,
    order_id       BINARY(16)      NOT NULL,
    live_order     BINARY(16)      NULL,
    account_id     BINARY(16)      NOT NULL,
    state          VARCHAR(16)     NOT NULL,
    amount_fen     BIGINT          NOT NULL,
    sealed_key_id  VARCHAR(64)     NULL,
    sealed_details VARBINARY(1024) NULL,
    number         VARCHAR(20)     NULL,
    rejection      VARCHAR(16)     NULL,
    rejection_text VARCHAR(200)    NULL,
    requested_at   DATETIME(6)     NOT NULL,
    decided_at     DATETIME(6)     NULL,
    reversed_at    DATETIME(6)     NULL,
    UNIQUE KEY uk_invoices_live_order (live_order),
    UNIQUE KEY uk_invoices_number (number),
    KEY ix_invoices_order (order_id, requested_at),
    KEY ix_invoices_state (state, requested_at),
    CONSTRAINT ck_invoices_state
        CHECK (state IN ('requested', 'issued', 'reversal_needed', 'reversed', 'rejected')),
    CONSTRAINT ck_invoices_live_order CHECK (
        (state IN ('requested', 'issued', 'reversal_needed')) = (live_order IS NOT NULL)
        AND (live_order IS NULL OR live_order = order_id)
    ),
    CONSTRAINT ck_invoices_amount CHECK (amount_fen > 0),
    CONSTRAINT ck_invoices_number
        CHECK ((state IN ('issued', 'reversal_needed', 'reversed')) = (number IS NOT NULL)),
    CONSTRAINT ck_invoices_rejection CHECK (
        (state = 'rejected') = (rejection IS NOT NULL)
        AND (rejection IS NULL OR rejection IN ('all_refunded', 'staff'))
        AND (rejection_text IS NOT NULL) = (rejection IS NOT NULL AND rejection = 'staff')
    ),
    CONSTRAINT ck_invoices_sealed CHECK ((sealed_key_id IS NULL) = (sealed_details IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
