-- The people (SAFETY 5): staff with a password and a second factor, their sessions, who tried how
-- often; a stall's phones with a role and a name; changes of a stall's account, which need two.
--
-- A node that does not know roles would take a helper's phone for the owner's.
-- oldest: 12

-- ---- staff ----------------------------------------------------------------------------------------
CREATE TABLE staff (
	id BIGINT NOT NULL PRIMARY KEY,
	login TEXT NOT NULL UNIQUE, -- a-z 0-9 . _ -
	name TEXT NOT NULL, -- the person: two persons are two names
	role TEXT NOT NULL, -- operator | auditor | official:UNIT | manager:MARKET
	password BYTEA, -- salt (16), then scrypt of it (32); NULL: no invite was used yet
	totp BYTEA, -- the second factor's secret, sealed
	totp_step BIGINT NOT NULL DEFAULT 0, -- the last one that was used: it is not taken again
	created_at_ms BIGINT NOT NULL,
	revoked_at_ms BIGINT
) /*STRICT*/;

-- A link that sets a password and a second factor, or signs in (made on this machine only).
CREATE TABLE staff_invite (
	hash BYTEA NOT NULL PRIMARY KEY,
	staff_id BIGINT NOT NULL REFERENCES staff (id),
	purpose TEXT NOT NULL, -- enrol | sign-in
	totp BYTEA, -- the secret it offers, sealed
	created_at_ms BIGINT NOT NULL,
	expires_at_ms BIGINT NOT NULL,
	used_at_ms BIGINT
) /*STRICT*/;

CREATE TABLE staff_session (
	hash BYTEA NOT NULL PRIMARY KEY,
	id BIGINT NOT NULL, -- what lists and revocations call it
	staff_id BIGINT NOT NULL REFERENCES staff (id),
	device TEXT NOT NULL,
	created_at_ms BIGINT NOT NULL,
	seen_at_ms BIGINT NOT NULL,
	ended_at_ms BIGINT
) /*STRICT*/;
CREATE INDEX staff_session_by_staff ON staff_session (staff_id, created_at_ms);

-- Wrong tries, of a login and of an address: kept here, so that a restart forgives nobody.
CREATE TABLE sign_in_try (
	subject BYTEA NOT NULL PRIMARY KEY, -- SHA-256: what is typed as a login may be a password
	tries BIGINT NOT NULL, -- since the last good one
	last_at_ms BIGINT NOT NULL,
	until_ms BIGINT NOT NULL -- before then no other one is looked at
) /*STRICT*/;
CREATE INDEX sign_in_try_by_time ON sign_in_try (last_at_ms);

-- ---- a stall's phones -----------------------------------------------------------------------------
ALTER TABLE invite ADD COLUMN role TEXT NOT NULL DEFAULT 'owner'; -- owner | helper
ALTER TABLE session ADD COLUMN role TEXT NOT NULL DEFAULT 'owner';
ALTER TABLE session ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN seen_at_ms BIGINT NOT NULL DEFAULT 0;
UPDATE session SET id = created_at_ms, seen_at_ms = created_at_ms;
CREATE INDEX session_by_stall ON session (stall_id, created_at_ms);

-- ---- a stall's account ----------------------------------------------------------------------------
-- One person proposes, another one approves, and it waits before it takes effect.
CREATE TABLE account_change (
	id BIGINT NOT NULL PRIMARY KEY,
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	bank_bin TEXT NOT NULL,
	account_no TEXT NOT NULL,
	holder TEXT NOT NULL,
	from_account_id BIGINT NOT NULL REFERENCES account (id), -- which one it had when it was proposed
	state TEXT NOT NULL, -- proposed | approved | done | cancelled
	why TEXT NOT NULL,
	person TEXT NOT NULL,
	proposed_at_ms BIGINT NOT NULL,
	delay_ms BIGINT NOT NULL, -- from its approval
	second_person TEXT NOT NULL DEFAULT '',
	approved_at_ms BIGINT,
	due_at_ms BIGINT, -- when it takes effect
	ended_by TEXT NOT NULL DEFAULT '', -- who cancelled it
	ended_at_ms BIGINT
) /*STRICT*/;
CREATE INDEX account_change_by_stall ON account_change (stall_id, id);
CREATE INDEX account_change_by_due ON account_change (state, due_at_ms);
