CREATE TABLE notices (
    code         VARCHAR(32)       NOT NULL PRIMARY KEY,
    kind         VARCHAR(32)       NOT NULL,
    title_zh     VARCHAR(60)       NOT NULL,
    title_en     VARCHAR(60)       NOT NULL,
    body_zh      TEXT              NOT NULL,
    body_en      TEXT              NOT NULL,
    pinned       BOOLEAN           NOT NULL,
    position     SMALLINT UNSIGNED NOT NULL,
    published_at DATETIME(6)       NOT NULL,
    CONSTRAINT ck_notices_kind CHECK (kind IN (
        'visitor_policies', 'sessions', 'banned_items', 'opening_hours', 'announcement'
    ))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
