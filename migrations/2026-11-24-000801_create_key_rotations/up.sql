CREATE TABLE key_rotations (
    table_name  VARCHAR(64)     NOT NULL,
    key_id      VARCHAR(64)     NOT NULL,
    last_id     BINARY(16)      NULL,
    resealed    BIGINT UNSIGNED NOT NULL,
    started_at  DATETIME(6)     NOT NULL,
    finished_at DATETIME(6)     NULL,
    PRIMARY KEY (table_name, key_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
