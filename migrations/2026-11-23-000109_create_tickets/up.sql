CREATE TABLE tickets (
    id              BINARY(16)       NOT NULL PRIMARY KEY,
    order_id        BINARY(16)       NOT NULL,
    position        TINYINT UNSIGNED NOT NULL,
    visit_date      DATE             NOT NULL,
    session_code    VARCHAR(32)      NOT NULL,
    account_id      BINARY(16)       NOT NULL,
    venue_code      VARCHAR(32)      NOT NULL,
    document_type   VARCHAR(32)      NOT NULL,
    nationality     VARCHAR(3)       NULL,
    document_hash   BINARY(16)       NULL,
    active_document BINARY(16)       NULL,
    sealed_key_id   VARCHAR(64)      NULL,
    sealed_identity VARBINARY(1024)  NULL,
    age             TINYINT UNSIGNED NOT NULL,
    category        VARCHAR(16)      NOT NULL,
    price_fen       BIGINT           NOT NULL,
    state           VARCHAR(16)      NOT NULL,
    admitted_at     DATETIME(6)      NULL,
    admitted_gate   VARCHAR(100)     NULL,
    UNIQUE KEY uk_tickets_active_document (visit_date, active_document),
    UNIQUE KEY uk_tickets_position (order_id, position),
    KEY ix_tickets_account (account_id, visit_date),
    CONSTRAINT fk_tickets_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT ck_tickets_state
        CHECK (state IN ('held', 'valid', 'used', 'refunded', 'cancelled', 'expired')),
    CONSTRAINT ck_tickets_category
        CHECK (category IN ('standard', 'senior', 'student', 'minor', 'annual_pass')),
    CONSTRAINT ck_tickets_price CHECK (price_fen >= 0),
    CONSTRAINT ck_tickets_active_document CHECK (
        (active_document IS NOT NULL)
            = (document_hash IS NOT NULL AND state IN ('held', 'valid', 'used', 'expired'))
        AND (active_document IS NULL OR active_document = document_hash)
    ),
    CONSTRAINT ck_tickets_identity CHECK ((sealed_key_id IS NULL) = (sealed_identity IS NULL)),
    CONSTRAINT ck_tickets_admission CHECK ((admitted_at IS NULL) = (admitted_gate IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
