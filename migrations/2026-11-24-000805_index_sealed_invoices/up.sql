-- The hourly erasure looks for old invoices among those that are sealed still.
CREATE INDEX ix_invoices_sealed ON invoices (sealed_key_id, order_id);
