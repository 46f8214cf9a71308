CREATE TABLE opening_days (
    visit_date DATE            NOT NULL PRIMARY KEY,
    state      VARCHAR(16)     NOT NULL,
    opens      TIME            NOT NULL,
    last_entry TIME            NOT NULL,
    closes     TIME            NOT NULL,
    note_zh    VARCHAR(1000)   NULL,
    note_en    VARCHAR(1000)   NULL,
    version    BIGINT UNSIGNED NOT NULL,
    CONSTRAINT ck_opening_days_state CHECK (state IN ('open', 'closed')),
    CONSTRAINT ck_opening_days_hours CHECK (opens < last_entry AND last_entry <= closes),
    CONSTRAINT ck_opening_days_note CHECK ((note_zh IS NULL) = (note_en IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
