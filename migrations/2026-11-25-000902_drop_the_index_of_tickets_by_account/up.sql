-- ix_tickets_day serves all who asked here: nobody asks for an account without a day.
ALTER TABLE tickets DROP KEY ix_tickets_account;
