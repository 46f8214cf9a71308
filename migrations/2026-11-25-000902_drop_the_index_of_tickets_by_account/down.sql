ALTER TABLE tickets ADD KEY ix_tickets_account (account_id, visit_date);
