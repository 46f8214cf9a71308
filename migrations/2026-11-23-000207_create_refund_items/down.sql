DROP TABLE refund_items;
