-- oldest: 6
-- A buyer's link to the receipt of a charge: who knows the secret behind the hash sees that receipt,
-- and nothing else.
CREATE TABLE receipt (
	hash BYTEA NOT NULL PRIMARY KEY,
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	charge_id BIGINT NOT NULL,
	created_at_ms BIGINT NOT NULL,
	expires_at_ms BIGINT NOT NULL
) /*STRICT*/;
CREATE INDEX receipt_by_charge ON receipt (stall_id, charge_id);
