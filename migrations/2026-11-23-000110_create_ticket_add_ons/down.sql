DROP TABLE ticket_add_ons;
