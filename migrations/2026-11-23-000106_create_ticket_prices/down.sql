DROP TABLE ticket_prices;
