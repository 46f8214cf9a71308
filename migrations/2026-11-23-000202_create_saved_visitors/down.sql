DROP TABLE saved_visitors;
