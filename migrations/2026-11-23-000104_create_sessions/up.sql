CREATE TABLE sessions (
    code        VARCHAR(32)       NOT NULL PRIMARY KEY,
    name_zh     VARCHAR(200)      NOT NULL,
    name_en     VARCHAR(200)      NOT NULL,
    entry_from  TIME              NULL,
    entry_until TIME              NULL,
    position    SMALLINT UNSIGNED NOT NULL,
    CONSTRAINT ck_sessions_entry
        CHECK (entry_from IS NULL OR entry_until IS NULL OR entry_from < entry_until)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
