DROP TABLE check_in_tickets;
