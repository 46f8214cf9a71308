DROP TABLE refund_submissions;
