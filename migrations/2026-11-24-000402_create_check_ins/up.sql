-- Only those that admitted somebody: what was refused is decided anew.
CREATE TABLE check_ins (
    request_key   BINARY(32)   NOT NULL PRIMARY KEY,
    body_digest   BINARY(32)   NOT NULL,
    order_id      BINARY(16)   NOT NULL,
    gate          VARCHAR(100) NOT NULL,
    venue_code    VARCHAR(32)  NOT NULL,
    checked_in_at DATETIME(6)  NOT NULL,
    KEY ix_check_ins_order (order_id),
    CONSTRAINT fk_check_ins_order FOREIGN KEY (order_id) REFERENCES orders (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
