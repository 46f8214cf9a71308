DROP INDEX ix_invoices_sealed ON invoices;
