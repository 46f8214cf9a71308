CREATE TABLE quotas (
    visit_date   DATE         NOT NULL,
    session_code VARCHAR(32)  NOT NULL,
    venue_code   VARCHAR(32)  NOT NULL,
    capacity     INT UNSIGNED NOT NULL,
    ceiling      INT UNSIGNED NOT NULL,
    taken        INT UNSIGNED NOT NULL,
    PRIMARY KEY (visit_date, session_code, venue_code),
    CONSTRAINT ck_quotas_taken CHECK (taken BETWEEN 0 AND ceiling AND ceiling >= capacity)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
