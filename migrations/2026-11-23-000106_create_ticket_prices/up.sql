CREATE TABLE ticket_prices (
    venue_code VARCHAR(32) NOT NULL,
    category   VARCHAR(16) NOT NULL,
    season     VARCHAR(16) NOT NULL,
    price_fen  BIGINT      NOT NULL,
    PRIMARY KEY (venue_code, category, season),
    CONSTRAINT ck_ticket_prices_category
        CHECK (category IN ('standard', 'senior', 'student', 'minor', 'annual_pass')),
    CONSTRAINT ck_ticket_prices_season CHECK (season IN ('peak', 'low')),
    CONSTRAINT ck_ticket_prices_price CHECK (price_fen >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
