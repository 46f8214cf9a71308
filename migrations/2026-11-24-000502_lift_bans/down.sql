ALTER TABLE bans DROP COLUMN lifted_at;
