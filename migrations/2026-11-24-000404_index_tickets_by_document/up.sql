-- A gate looks up the tickets of a document that are live no more, or for another day.
CREATE INDEX ix_tickets_document ON tickets (document_hash, visit_date);
