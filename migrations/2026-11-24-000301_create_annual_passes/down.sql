DROP TABLE annual_passes;
