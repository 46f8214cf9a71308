CREATE TABLE bans (
    document_hash BINARY(16) NOT NULL,
    third_day     DATE       NOT NULL,
    last_day      DATE       NOT NULL,
    PRIMARY KEY (document_hash, third_day),
    CONSTRAINT ck_bans_last_day CHECK (last_day >= third_day)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
