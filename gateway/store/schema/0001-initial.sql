-- The first schema.  Written once for SQLite and PostgreSQL; migrate.c names the two places where
-- they differ (BIGINT and BYTEA, STRICT).  Never edited after a release: the next step is a new file.
--
-- Instants are milliseconds since 1970 UTC, days are days since 1970-01-01 (Vietnam), money is
-- whole dong.  Rows of money carry the stall first in their keys, so that they can be spread.

CREATE TABLE unit (
	code TEXT NOT NULL,
	from_day BIGINT NOT NULL,
	to_day BIGINT NOT NULL, -- last day in force, inclusive
	name TEXT NOT NULL,
	level TEXT NOT NULL,
	parent_code TEXT NOT NULL,
	PRIMARY KEY (code, from_day)
) /*STRICT*/;

CREATE TABLE bank (
	bin TEXT NOT NULL PRIMARY KEY,
	code TEXT NOT NULL,
	short_name TEXT NOT NULL,
	name TEXT NOT NULL
) /*STRICT*/;

CREATE TABLE market (
	id BIGINT NOT NULL PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	day_cut_min BIGINT NOT NULL DEFAULT 0 CHECK (day_cut_min BETWEEN 0 AND 720)
) /*STRICT*/;

-- A market is attached to units by dated rows of its own, never derived from an old code.
CREATE TABLE market_unit (
	market_id BIGINT NOT NULL REFERENCES market (id),
	unit_code TEXT NOT NULL,
	from_day BIGINT NOT NULL,
	to_day BIGINT NOT NULL,
	PRIMARY KEY (market_id, from_day)
) /*STRICT*/;

CREATE TABLE merchant (
	id BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	phone TEXT NOT NULL,
	UNIQUE (name, phone)
) /*STRICT*/;

CREATE TABLE stall (
	id BIGINT NOT NULL PRIMARY KEY,
	market_id BIGINT NOT NULL REFERENCES market (id),
	code TEXT NOT NULL,
	number BIGINT NOT NULL UNIQUE, -- the 5 characters in its references
	reference TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	goods TEXT NOT NULL,
	merchant_id BIGINT NOT NULL REFERENCES merchant (id),
	open_day BIGINT NOT NULL,
	close_day BIGINT NOT NULL, -- first day it no longer sells
	next_charge BIGINT NOT NULL DEFAULT 0,
	UNIQUE (market_id, code)
) /*STRICT*/;
CREATE INDEX stall_by_code ON stall (code);

CREATE TABLE account (
	id BIGINT NOT NULL PRIMARY KEY,
	bank_bin TEXT NOT NULL,
	account_no TEXT NOT NULL,
	holder TEXT NOT NULL,
	UNIQUE (account_no, bank_bin)
) /*STRICT*/;

CREATE TABLE stall_account (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	account_id BIGINT NOT NULL REFERENCES account (id),
	from_ms BIGINT NOT NULL,
	to_ms BIGINT NOT NULL,
	PRIMARY KEY (stall_id, account_id, from_ms)
) /*STRICT*/;
CREATE INDEX stall_account_by_account ON stall_account (account_id);

CREATE TABLE charge (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	id BIGINT NOT NULL,
	reference TEXT NOT NULL UNIQUE,
	account_id BIGINT NOT NULL REFERENCES account (id),
	amount BIGINT NOT NULL CHECK (amount > 0),
	paid BIGINT NOT NULL DEFAULT 0,
	state TEXT NOT NULL,
	created_at_ms BIGINT NOT NULL,
	expires_at_ms BIGINT NOT NULL,
	PRIMARY KEY (stall_id, id)
) /*STRICT*/;
CREATE INDEX charge_to_expire ON charge (expires_at_ms) WHERE state = 'open';

-- What a feed sent, byte for byte, for ever.  The same bytes to the same endpoint are kept once.
CREATE TABLE delivery (
	id BIGINT NOT NULL PRIMARY KEY,
	endpoint_id TEXT NOT NULL,
	feed TEXT NOT NULL,
	received_at_ms BIGINT NOT NULL,
	content_type TEXT NOT NULL,
	raw BYTEA NOT NULL,
	raw_sha256 BYTEA NOT NULL,
	UNIQUE (raw_sha256, endpoint_id)
) /*STRICT*/;

-- What it means: one row per bank transfer, never updated, never deleted.
CREATE TABLE transfer (
	id BIGINT NOT NULL PRIMARY KEY,
	delivery_id BIGINT NOT NULL REFERENCES delivery (id),
	feed TEXT NOT NULL,
	provider_txn_id TEXT NOT NULL,
	bank_ref TEXT NOT NULL,
	bank TEXT NOT NULL,
	account_no TEXT NOT NULL,
	virtual_account TEXT NOT NULL,
	amount BIGINT NOT NULL CHECK (amount > 0),
	outgoing BIGINT NOT NULL CHECK (outgoing IN (0, 1)),
	note BYTEA NOT NULL, -- bytes: a bank's note may hold NUL
	booked_at_ms BIGINT NOT NULL,
	booked_told BIGINT NOT NULL CHECK (booked_told IN (0, 1)), -- 0: the feed told no time, arrival stands in
	arrived_at_ms BIGINT NOT NULL
) /*STRICT*/;

-- "Seen before" is decided by this primary key and by nothing else.
CREATE TABLE transfer_key (
	account_no TEXT NOT NULL,
	key TEXT NOT NULL, -- "sepay:92704811"
	transfer_id BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	outgoing BIGINT NOT NULL,
	PRIMARY KEY (account_no, key)
) /*STRICT*/;

CREATE TABLE payment (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	id BIGINT NOT NULL,
	transfer_id BIGINT NOT NULL UNIQUE REFERENCES transfer (id),
	charge_id BIGINT, -- of the same stall
	amount BIGINT NOT NULL CHECK (amount > 0),
	day BIGINT NOT NULL, -- the market day of booked_at_ms
	booked_at_ms BIGINT NOT NULL,
	arrived_at_ms BIGINT NOT NULL,
	matched_by TEXT NOT NULL,
	rule_version BIGINT NOT NULL,
	PRIMARY KEY (stall_id, id)
) /*STRICT*/;
CREATE INDEX payment_by_id ON payment (id);
CREATE INDEX payment_by_day ON payment (stall_id, day);

-- Credits nobody could be found for; a person resolves them.
CREATE TABLE suspense (
	transfer_id BIGINT NOT NULL PRIMARY KEY REFERENCES transfer (id),
	reason TEXT NOT NULL,
	amount BIGINT NOT NULL,
	rule_version BIGINT NOT NULL,
	created_at_ms BIGINT NOT NULL
) /*STRICT*/;

-- Who resolved a suspense, how and why: a row, never an edit.
CREATE TABLE resolution (
	transfer_id BIGINT NOT NULL PRIMARY KEY REFERENCES suspense (transfer_id),
	outcome TEXT NOT NULL, -- attributed | not_ours
	stall_id BIGINT,
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	created_at_ms BIGINT NOT NULL
) /*STRICT*/;

CREATE TABLE cell (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	day BIGINT NOT NULL,
	payments BIGINT NOT NULL,
	value BIGINT NOT NULL,
	PRIMARY KEY (stall_id, day)
) /*STRICT*/;
CREATE INDEX cell_by_day ON cell (day);

-- The outbox: what the stall is told.  Ids rise, so a page that lost its line asks for what it missed.
CREATE TABLE notice (
	stall_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	kind TEXT NOT NULL, -- payment | charge
	reference TEXT NOT NULL, -- the charge it is about, or ''
	body TEXT NOT NULL, -- JSON
	created_at_ms BIGINT NOT NULL,
	PRIMARY KEY (stall_id, id)
) /*STRICT*/;

CREATE TABLE endpoint (
	id TEXT NOT NULL PRIMARY KEY,
	feed TEXT NOT NULL,
	mode TEXT NOT NULL,
	client_id TEXT NOT NULL,
	secret BYTEA NOT NULL, -- sealed
	previous BYTEA NOT NULL, -- sealed, empty: none
	previous_until_ms BIGINT NOT NULL,
	created_at_ms BIGINT NOT NULL,
	revoked_at_ms BIGINT
) /*STRICT*/;

CREATE TABLE api_key (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	hash BYTEA NOT NULL UNIQUE,
	created_at_ms BIGINT NOT NULL,
	revoked_at_ms BIGINT
) /*STRICT*/;

CREATE TABLE invite (
	hash BYTEA NOT NULL PRIMARY KEY,
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	created_at_ms BIGINT NOT NULL,
	expires_at_ms BIGINT NOT NULL,
	used_at_ms BIGINT
) /*STRICT*/;

CREATE TABLE session (
	hash BYTEA NOT NULL PRIMARY KEY,
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	created_at_ms BIGINT NOT NULL,
	expires_at_ms BIGINT NOT NULL,
	revoked_at_ms BIGINT
) /*STRICT*/;

-- What a person must look at: a known id that came back with another amount, ...
CREATE TABLE alarm (
	id BIGINT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	detail TEXT NOT NULL,
	created_at_ms BIGINT NOT NULL
) /*STRICT*/;

-- The first answer to a key is the answer to all its repetitions.
CREATE TABLE idempotency (
	principal TEXT NOT NULL,
	key TEXT NOT NULL,
	fingerprint BYTEA NOT NULL,
	reference TEXT NOT NULL,
	created_at_ms BIGINT NOT NULL,
	PRIMARY KEY (principal, key)
) /*STRICT*/;
