-- The action decides which of page, notice and mini-program there are (ck_banners_action).
CREATE TABLE banners (
    code        VARCHAR(32)       NOT NULL PRIMARY KEY,
    title_zh    VARCHAR(60)       NOT NULL,
    title_en    VARCHAR(60)       NOT NULL,
    picture     VARCHAR(200)      NULL,
    action      VARCHAR(16)       NOT NULL,
    page        VARCHAR(200)      NULL,
    notice_code VARCHAR(32)       NULL,
    app_id      VARCHAR(32)       NULL,
    shown_from  DATETIME(6)       NULL,
    shown_until DATETIME(6)       NULL,
    position    SMALLINT UNSIGNED NOT NULL,
    KEY ix_banners_notice (notice_code),
    CONSTRAINT fk_banners_notice FOREIGN KEY (notice_code) REFERENCES notices (code),
    CONSTRAINT ck_banners_action CHECK (
        (action = 'none' AND page IS NULL AND notice_code IS NULL AND app_id IS NULL)
        OR (action = 'page' AND page IS NOT NULL AND notice_code IS NULL AND app_id IS NULL)
        OR (action = 'notice' AND page IS NULL AND notice_code IS NOT NULL AND app_id IS NULL)
        OR (action = 'mini_program' AND notice_code IS NULL AND app_id IS NOT NULL)
    ),
    CONSTRAINT ck_banners_shown
        CHECK (shown_from IS NULL OR shown_until IS NULL OR shown_from < shown_until)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
