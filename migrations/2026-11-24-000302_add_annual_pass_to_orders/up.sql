ALTER TABLE orders ADD COLUMN annual_pass_id BINARY(16) NULL;
