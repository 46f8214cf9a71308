CREATE TABLE revoked_tokens (
    token_id   VARCHAR(128) NOT NULL PRIMARY KEY,
    expires_at DATETIME(6)  NOT NULL,
    KEY ix_revoked_tokens_expires_at (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
