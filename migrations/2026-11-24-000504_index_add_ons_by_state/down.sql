ALTER TABLE ticket_add_ons DROP KEY ix_ticket_add_ons_state;
