ALTER TABLE ticket_add_ons ADD KEY ix_ticket_add_ons_state (state, visit_date, order_id);
