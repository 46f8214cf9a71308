DROP TABLE notice_pictures;
