CREATE TABLE orders (
    id             BINARY(16)  NOT NULL PRIMARY KEY,
    number         VARCHAR(18) NOT NULL,
    account_id     BINARY(16)  NOT NULL,
    kind           VARCHAR(16) NOT NULL,
    visit_date     DATE        NOT NULL,
    session_code   VARCHAR(32) NOT NULL,
    phone          VARCHAR(16) NOT NULL,
    state          VARCHAR(16) NOT NULL,
    cancel_cause   VARCHAR(16) NULL,
    unpaid_account BINARY(16)  NULL,
    request_key    BINARY(32)  NOT NULL,
    body_digest    BINARY(32)  NOT NULL,
    created_at     DATETIME(6) NOT NULL,
    pay_by         DATETIME(6) NOT NULL,
    paid_at        DATETIME(6) NULL,
    total_fen      BIGINT      NOT NULL,
    paid_fen       BIGINT      NOT NULL,
    refunded_fen   BIGINT      NOT NULL,
    UNIQUE KEY uk_orders_number (number),
    UNIQUE KEY uk_orders_unpaid_account (unpaid_account),
    UNIQUE KEY uk_orders_request_key (request_key),
    KEY ix_orders_account (account_id, id),
    KEY ix_orders_lapsed (state, pay_by),
    KEY ix_orders_lapsed_of_day (visit_date, state, pay_by),
    CONSTRAINT ck_orders_kind CHECK (kind IN ('ordinary', 'annual_pass')),
    CONSTRAINT ck_orders_state
        CHECK (state IN ('unpaid', 'paid', 'used', 'refunded', 'cancelled', 'closed')),
    CONSTRAINT ck_orders_cancel_cause CHECK (
        (cancel_cause IS NULL OR cancel_cause IN ('tourist', 'expired'))
        AND (state = 'cancelled') = (cancel_cause IS NOT NULL)
    ),
    CONSTRAINT ck_orders_unpaid_account CHECK (
        (state = 'unpaid') = (unpaid_account IS NOT NULL)
        AND (unpaid_account IS NULL OR unpaid_account = account_id)
    ),
    CONSTRAINT ck_orders_money
        CHECK (total_fen >= 0 AND refunded_fen >= 0 AND refunded_fen <= paid_fen)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
