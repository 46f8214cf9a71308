DROP TABLE erased_days;
