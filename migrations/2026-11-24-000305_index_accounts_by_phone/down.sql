ALTER TABLE accounts DROP KEY ix_accounts_phone;
