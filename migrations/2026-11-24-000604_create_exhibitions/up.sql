CREATE TABLE exhibitions (
    code       VARCHAR(32)       NOT NULL PRIMARY KEY,
    venue_code VARCHAR(32)       NOT NULL,
    title_zh   VARCHAR(60)       NOT NULL,
    title_en   VARCHAR(60)       NOT NULL,
    body_zh    TEXT              NOT NULL,
    body_en    TEXT              NOT NULL,
    picture    VARCHAR(200)      NULL,
    first_day  DATE              NOT NULL,
    last_day   DATE              NULL,
    position   SMALLINT UNSIGNED NOT NULL,
    CONSTRAINT ck_exhibitions_days CHECK (last_day IS NULL OR first_day <= last_day)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
