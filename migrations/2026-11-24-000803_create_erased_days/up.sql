CREATE TABLE erased_days (
    visit_date DATE        NOT NULL PRIMARY KEY,
    erased_at  DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
