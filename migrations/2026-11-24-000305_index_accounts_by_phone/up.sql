ALTER TABLE accounts ADD KEY ix_accounts_phone (phone);
