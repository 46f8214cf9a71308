-- admitted_venue is set where the ticket was let in: its key lets no ticket into a venue twice.
CREATE TABLE check_in_tickets (
    request_key    BINARY(32)       NOT NULL,
    position       TINYINT UNSIGNED NOT NULL,
    ticket_id      BINARY(16)       NOT NULL,
    verdict        VARCHAR(32)      NOT NULL,
    admitted_venue VARCHAR(32)      NULL,
    PRIMARY KEY (request_key, position),
    UNIQUE KEY uk_check_in_tickets_admission (ticket_id, admitted_venue),
    CONSTRAINT fk_check_in_tickets_check_in
        FOREIGN KEY (request_key) REFERENCES check_ins (request_key),
    CONSTRAINT fk_check_in_tickets_ticket FOREIGN KEY (ticket_id) REFERENCES tickets (id),
    CONSTRAINT ck_check_in_tickets_admission
        CHECK ((admitted_venue IS NOT NULL) = (verdict = 'admitted'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
