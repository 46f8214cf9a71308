DROP TABLE opening_days;
