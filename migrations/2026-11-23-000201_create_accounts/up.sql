CREATE TABLE accounts (
    id             BINARY(16)   NOT NULL PRIMARY KEY,
    open_id        VARCHAR(128) NOT NULL,
    phone          VARCHAR(16)  NULL,
    phone_verified BOOLEAN      NOT NULL,
    registered_at  DATETIME(6)  NOT NULL,
    UNIQUE KEY uk_accounts_open_id (open_id),
    CONSTRAINT ck_accounts_phone_verified CHECK (phone_verified = 0 OR phone IS NOT NULL)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
