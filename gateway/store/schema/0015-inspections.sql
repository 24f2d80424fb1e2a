-- oldest: 6
-- What an inspector found hanging at a stall, beside what the register says: never changed, never
-- deleted.  `payload` is what the code said, byte for byte; empty where no code was found.
CREATE TABLE inspection (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	id BIGINT NOT NULL,
	result TEXT NOT NULL, -- right, other_account ... (code_check.h), or missing
	bank_bin TEXT NOT NULL, -- as the code says
	account_no TEXT NOT NULL,
	reference TEXT NOT NULL,
	payload TEXT NOT NULL,
	person TEXT NOT NULL,
	note TEXT NOT NULL,
	created_at_ms BIGINT NOT NULL,
	PRIMARY KEY (stall_id, id)
) /*STRICT*/;
