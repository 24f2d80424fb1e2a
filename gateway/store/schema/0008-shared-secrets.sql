-- oldest: 6
-- Secrets that every node needs and none of them brought, sealed with the key that all have.
CREATE TABLE shared_secret (
	name TEXT NOT NULL PRIMARY KEY,
	sealed BYTEA NOT NULL
) /*STRICT*/;
