CREATE TABLE gates (
    id         BINARY(16)  NOT NULL PRIMARY KEY,
    name       VARCHAR(64) NOT NULL,
    venue_code VARCHAR(32) NOT NULL,
    key_hash   BINARY(32)  NOT NULL,
    created_at DATETIME(6) NOT NULL,
    revoked_at DATETIME(6) NULL,
    UNIQUE KEY uk_gates_name (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
