ALTER TABLE orders DROP COLUMN annual_pass_id;
