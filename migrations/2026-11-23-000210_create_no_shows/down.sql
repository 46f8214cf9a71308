DROP TABLE no_shows;
