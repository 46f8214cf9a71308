DROP TABLE payment_differences;
