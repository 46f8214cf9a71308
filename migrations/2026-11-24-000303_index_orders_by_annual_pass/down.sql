ALTER TABLE orders DROP KEY ix_orders_annual_pass;
