ALTER TABLE tickets DROP KEY ix_tickets_day;
