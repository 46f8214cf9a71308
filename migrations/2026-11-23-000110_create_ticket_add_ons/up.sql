CREATE TABLE ticket_add_ons (
    id            BINARY(16)       NOT NULL PRIMARY KEY,
    ticket_id     BINARY(16)       NOT NULL,
    order_id      BINARY(16)       NOT NULL,
    position      TINYINT UNSIGNED NOT NULL,
    visit_date    DATE             NOT NULL,
    session_code  VARCHAR(32)      NOT NULL,
    venue_code    VARCHAR(32)      NOT NULL,
    price_fen     BIGINT           NOT NULL,
    state         VARCHAR(16)      NOT NULL,
    admitted_at   DATETIME(6)      NULL,
    admitted_gate VARCHAR(100)     NULL,
    UNIQUE KEY uk_ticket_add_ons_venue (ticket_id, venue_code),
    KEY ix_ticket_add_ons_order (order_id),
    CONSTRAINT fk_ticket_add_ons_ticket FOREIGN KEY (ticket_id) REFERENCES tickets (id),
    CONSTRAINT fk_ticket_add_ons_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT ck_ticket_add_ons_state
        CHECK (state IN ('held', 'valid', 'used', 'refunded', 'cancelled', 'expired')),
    CONSTRAINT ck_ticket_add_ons_price CHECK (price_fen >= 0),
    CONSTRAINT ck_ticket_add_ons_admission CHECK ((admitted_at IS NULL) = (admitted_gate IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
