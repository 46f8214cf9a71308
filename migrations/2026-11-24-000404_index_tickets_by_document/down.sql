DROP INDEX ix_tickets_document ON tickets;
