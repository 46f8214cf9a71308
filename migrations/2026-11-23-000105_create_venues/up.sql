CREATE TABLE venues (
    code     VARCHAR(32)       NOT NULL PRIMARY KEY,
    name_zh  VARCHAR(200)      NOT NULL,
    name_en  VARCHAR(200)      NOT NULL,
    kind     VARCHAR(16)       NOT NULL,
    position SMALLINT UNSIGNED NOT NULL,
    CONSTRAINT ck_venues_kind CHECK (kind IN ('admission', 'add_on'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
