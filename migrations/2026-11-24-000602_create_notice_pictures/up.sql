CREATE TABLE notice_pictures (
    notice_code VARCHAR(32)       NOT NULL,
    position    SMALLINT UNSIGNED NOT NULL,
    path        VARCHAR(200)      NOT NULL,
    PRIMARY KEY (notice_code, position),
    CONSTRAINT fk_notice_pictures_notice FOREIGN KEY (notice_code) REFERENCES notices (code)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
