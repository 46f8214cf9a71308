ALTER TABLE orders ADD KEY ix_orders_annual_pass (annual_pass_id);
