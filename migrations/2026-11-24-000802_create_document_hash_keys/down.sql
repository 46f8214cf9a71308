DROP TABLE document_hash_keys;
