CREATE TABLE holiday_periods (
    first_day DATE         NOT NULL PRIMARY KEY,
    last_day  DATE         NOT NULL,
    name_zh   VARCHAR(200) NOT NULL,
    name_en   VARCHAR(200) NOT NULL,
    eve       DATE         NULL,
    CONSTRAINT ck_holiday_periods_days CHECK (first_day <= last_day),
    CONSTRAINT ck_holiday_periods_eve CHECK (eve IS NULL OR eve BETWEEN first_day AND last_day)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
