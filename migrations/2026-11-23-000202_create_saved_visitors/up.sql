CREATE TABLE saved_visitors (
    id              BINARY(16)     NOT NULL PRIMARY KEY,
    account_id      BINARY(16)     NOT NULL,
    document_type   VARCHAR(32)    NOT NULL,
    nationality     VARCHAR(3)     NULL,
    document_hash   BINARY(16)     NOT NULL,
    sealed_key_id   VARCHAR(64)    NOT NULL,
    sealed_identity VARBINARY(512) NOT NULL,
    birth_date      DATE           NULL,
    created_at      DATETIME(6)    NOT NULL,
    UNIQUE KEY uk_saved_visitors_document (account_id, document_hash),
    CONSTRAINT ck_saved_visitors_document_type CHECK (document_type IN (
        'id_card', 'hk_macau_permit', 'permanent_resident',
        'passport', 'taiwan_permit', 'residence_permit'
    ))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
