CREATE TABLE annual_passes (
    id              BINARY(16)        NOT NULL PRIMARY KEY,
    document_type   VARCHAR(32)       NOT NULL,
    nationality     VARCHAR(3)        NULL,
    document_hash   BINARY(16)        NULL,
    sealed_key_id   VARCHAR(64)       NULL,
    sealed_identity VARBINARY(1024)   NULL,
    birth_date      DATE              NULL,
    year            INT               NOT NULL,
    entries         SMALLINT UNSIGNED NOT NULL,
    reserved        SMALLINT UNSIGNED NOT NULL,
    used            SMALLINT UNSIGNED NOT NULL,
    granted_at      DATETIME(6)       NOT NULL,
    voided_at       DATETIME(6)       NULL,
    UNIQUE KEY uk_annual_passes_document (document_hash, year),
    KEY ix_annual_passes_not_void (voided_at, year),
    CONSTRAINT ck_annual_passes_document_type CHECK (document_type IN (
        'id_card', 'hk_macau_permit', 'permanent_resident',
        'passport', 'taiwan_permit', 'residence_permit'
    )),
    CONSTRAINT ck_annual_passes_identity
        CHECK ((sealed_key_id IS NULL) = (sealed_identity IS NULL)),
    CONSTRAINT ck_annual_passes_year CHECK (year BETWEEN 2000 AND 2199),
    CONSTRAINT ck_annual_passes_entries CHECK (reserved + used <= entries)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
