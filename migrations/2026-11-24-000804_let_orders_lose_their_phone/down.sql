-- Refused as long as there are orders without a phone number.
ALTER TABLE orders MODIFY COLUMN phone VARCHAR(16) NOT NULL;
