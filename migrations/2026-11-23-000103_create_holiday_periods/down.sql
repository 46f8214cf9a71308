DROP TABLE holiday_periods;
