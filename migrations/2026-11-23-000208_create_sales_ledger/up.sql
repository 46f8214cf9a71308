-- Append-only. The key lets a unit that is run again book nothing twice; it begins with the
-- order's id, which grows with time, so that lines are appended near the end of the table.
CREATE TABLE sales_ledger (
    order_id     BINARY(16)   NOT NULL,
    kind         VARCHAR(16)  NOT NULL,
    reference    VARCHAR(64)  NOT NULL,
    venue_code   VARCHAR(32)  NOT NULL,
    category     VARCHAR(16)  NOT NULL,
    visit_date   DATE         NOT NULL,
    session_code VARCHAR(32)  NOT NULL,
    quantity     INT UNSIGNED NOT NULL,
    amount_fen   BIGINT       NOT NULL,
    occurred_at  DATETIME(6)  NOT NULL,
    PRIMARY KEY (order_id, kind, reference, venue_code, category),
    CONSTRAINT ck_sales_ledger_kind CHECK (kind IN ('payment', 'refund')),
    CONSTRAINT ck_sales_ledger_category
        CHECK (category IN ('standard', 'senior', 'student', 'minor', 'annual_pass')),
    CONSTRAINT ck_sales_ledger_amount CHECK (amount_fen >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
