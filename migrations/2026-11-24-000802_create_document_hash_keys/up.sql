CREATE TABLE document_hash_keys (
    id          TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    current_key BINARY(16)       NOT NULL,
    next_key    BINARY(16)       NULL,
    changed_at  DATETIME(6)      NOT NULL,
    CONSTRAINT ck_document_hash_keys_id CHECK (id = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
