-- Who has tickets of a day, and which. The day first: what is sold in one evening lies together, where
-- the account first would scatter it over an index of the size of all years.
ALTER TABLE tickets ADD KEY ix_tickets_day (visit_date, account_id);
