ALTER TABLE orders ADD CONSTRAINT ck_orders_annual_pass
    CHECK ((kind = 'annual_pass') = (annual_pass_id IS NOT NULL));
