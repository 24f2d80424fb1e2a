-- Many writers on one database, and keys that hold when its rows are spread by stall.
--
-- A line that begins with the mark POSTGRES in a comment of its own is run by that engine only
-- (migrate.c): where SQLite could change a key only by copying the whole table.  There a store is
-- one file, and the older, stricter keys stay.  How each table is spread, and why, is told by
-- gateway/store/distribution.c, which a test holds against the keys.

-- ---- ids of many writers: each has a number, leased to a node and fenced by a token ------------
CREATE TABLE writer (
	number BIGINT NOT NULL PRIMARY KEY CHECK (number BETWEEN 0 AND 255), -- the low 8 bits of its ids
	last_id BIGINT NOT NULL, -- that it gave: after a restart with a clock set back, none is given twice
	node TEXT NOT NULL, -- who has it; '': nobody, or the one process that a file has
	token BIGINT NOT NULL, -- rises each time it is given to a node
	until_ms BIGINT NOT NULL, -- then another node may take it
	receivers BIGINT NOT NULL DEFAULT 0 -- rises when receivers change: each writer keeps their list
) /*STRICT*/;
-- Stores of before the mark had these.
INSERT INTO writer (number, last_id, node, token, until_ms)
	SELECT 0, coalesce(max(id), 0), '', 0, 0 FROM (SELECT max(last_id) AS id FROM id_mark
	UNION ALL SELECT max(id) FROM delivery UNION ALL SELECT max(id) FROM transfer
	UNION ALL SELECT max(id) FROM payment UNION ALL SELECT max(id) FROM stall
	UNION ALL SELECT max(id) FROM resolution_proposal UNION ALL SELECT max(id) FROM alarm) AS ids;
DROP TABLE id_mark;

-- A background job runs on one node: the one that has its lease.
CREATE TABLE lease (
	name TEXT NOT NULL PRIMARY KEY,
	node TEXT NOT NULL, -- '': nobody
	token BIGINT NOT NULL, -- rises each time another node gets it
	until_ms BIGINT NOT NULL
) /*STRICT*/;

-- ---- no row that many writers change ------------------------------------------------------------
-- Each writer adds to cells of its own; readers sum them.  One alone may hold less than nothing: what
-- it gave back, another one booked.
ALTER TABLE cell RENAME TO cell_before;
DROP INDEX cell_by_day;
CREATE TABLE cell (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	day BIGINT NOT NULL,
	writer BIGINT NOT NULL,
	payments BIGINT NOT NULL,
	value BIGINT NOT NULL,
	CONSTRAINT cell_key PRIMARY KEY (stall_id, day, writer)
) /*STRICT*/;
INSERT INTO cell (stall_id, day, writer, payments, value)
	SELECT stall_id, day, 0, payments, value FROM cell_before ORDER BY stall_id, day;
DROP TABLE cell_before;
CREATE INDEX cell_by_day ON cell (day);

ALTER TABLE seal_total RENAME TO seal_total_before;
CREATE TABLE seal_total (
	table_name TEXT NOT NULL,
	key_id BYTEA NOT NULL, -- of the key that made the seals: a restored store may hold another's
	writer BIGINT NOT NULL,
	row_count BIGINT NOT NULL, -- that this writer put in
	seal_sum BYTEA NOT NULL,
	seal BYTEA NOT NULL,
	CONSTRAINT seal_total_key PRIMARY KEY (table_name, key_id, writer)
) /*STRICT*/;
INSERT INTO seal_total (table_name, key_id, writer, row_count, seal_sum, seal)
	SELECT table_name, key_id, 0, row_count, seal_sum, seal FROM seal_total_before;
DROP TABLE seal_total_before;

-- A stall is read by each booking and seldom changed: its counter of charges has a row of its own.
CREATE TABLE charge_counter (
	stall_id BIGINT NOT NULL PRIMARY KEY REFERENCES stall (id),
	next_charge BIGINT NOT NULL
) /*STRICT*/;
INSERT INTO charge_counter (stall_id, next_charge)
	SELECT id, next_charge FROM stall WHERE next_charge > 0;
ALTER TABLE stall DROP COLUMN next_charge;

-- ---- months -----------------------------------------------------------------------------------------
-- On PostgreSQL payments lie in parts by the month of their market day, the month that cells and
-- reports are of, and raw deliveries in parts by the bank's month in which they came (months.c makes
-- the parts).  What no part was made for lies in the last one, so a month that nobody prepared loses
-- nothing.
ALTER TABLE delivery ADD COLUMN month BIGINT NOT NULL DEFAULT 0; -- 202607, in Vietnam; 0: of before
/*POSTGRES*/ ALTER TABLE payment RENAME TO payment_before;
/*POSTGRES*/ CREATE TABLE payment (LIKE payment_before INCLUDING CONSTRAINTS) PARTITION BY RANGE (day);
/*POSTGRES*/ CREATE TABLE payment_rest PARTITION OF payment DEFAULT;
/*POSTGRES*/ INSERT INTO payment SELECT * FROM payment_before;
/*POSTGRES*/ DROP TABLE payment_before;
/*POSTGRES*/ ALTER TABLE payment ADD PRIMARY KEY (stall_id, id, day);
/*POSTGRES*/ ALTER TABLE payment ADD FOREIGN KEY (stall_id) REFERENCES stall (id);
/*POSTGRES*/ CREATE INDEX payment_by_id ON payment (id);
/*POSTGRES*/ CREATE INDEX payment_by_day ON payment (stall_id, day);
/*POSTGRES*/ CREATE INDEX payment_by_charge ON payment (stall_id, charge_id, id) WHERE charge_id IS NOT NULL;
-- A transfer is booked once because its row is made once (transfer_key), or because it is resolved
-- once (resolution): both by keys.  This says the same within a stall's day.
/*POSTGRES*/ CREATE UNIQUE INDEX payment_by_transfer ON payment (transfer_id, stall_id, day);
-- The same bytes to the same endpoint are one row within a month, spread by their digest; what they
-- tell is booked once by transfer_key, whenever they come again.
/*POSTGRES*/ ALTER TABLE transfer DROP CONSTRAINT transfer_delivery_id_fkey;
/*POSTGRES*/ ALTER TABLE delivery RENAME TO delivery_before;
/*POSTGRES*/ CREATE TABLE delivery (LIKE delivery_before INCLUDING DEFAULTS) PARTITION BY RANGE (month);
/*POSTGRES*/ CREATE TABLE delivery_rest PARTITION OF delivery DEFAULT;
/*POSTGRES*/ INSERT INTO delivery SELECT * FROM delivery_before;
/*POSTGRES*/ DROP TABLE delivery_before;
/*POSTGRES*/ ALTER TABLE delivery ADD PRIMARY KEY (id, raw_sha256, month);
/*POSTGRES*/ ALTER TABLE delivery ADD UNIQUE (raw_sha256, endpoint_id, month);

-- A month of raw deliveries that was taken out of the books: what it held, sealed.
CREATE TABLE archived_month (
	table_name TEXT NOT NULL,
	month BIGINT NOT NULL, -- 202607
	key_id BYTEA NOT NULL, -- of the key that made the seals
	row_count BIGINT NOT NULL,
	seal_sum BYTEA NOT NULL,
	first_id BIGINT NOT NULL, -- of its rows
	last_id BIGINT NOT NULL,
	archived_at_ms BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	PRIMARY KEY (table_name, month, key_id)
) /*STRICT*/;

-- ---- keys that hold on rows spread by stall ------------------------------------------------------
-- Money that went out sends one credit back, not two: decided where that money is the key, not the
-- credit.
CREATE TABLE sent_back (
	transfer_id BIGINT NOT NULL PRIMARY KEY, -- the money out
	credit_id BIGINT NOT NULL -- the credit in suspense that it sent back
) /*STRICT*/;
INSERT INTO sent_back (transfer_id, credit_id) SELECT other_transfer_id, transfer_id
	FROM resolution WHERE outcome = 'refunded' AND other_transfer_id IS NOT NULL;
DROP INDEX resolution_refund;
CREATE INDEX resolution_refund ON resolution (other_transfer_id) WHERE outcome = 'refunded';

-- A transfer lies beside its keys, by account.  An id is one writer's, and so unique by itself; that
-- what names a transfer names one that is there, `chopay ledger verify` says.
/*POSTGRES*/ ALTER TABLE adjustment DROP CONSTRAINT adjustment_transfer_id_fkey;
/*POSTGRES*/ ALTER TABLE suspense DROP CONSTRAINT suspense_transfer_id_fkey;
/*POSTGRES*/ ALTER TABLE awaited_webhook DROP CONSTRAINT awaited_webhook_transfer_id_fkey;
/*POSTGRES*/ ALTER TABLE bank_line DROP CONSTRAINT bank_line_transfer_id_fkey;
/*POSTGRES*/ ALTER TABLE transfer DROP CONSTRAINT transfer_pkey, ADD PRIMARY KEY (id, account_no);
/*POSTGRES*/ ALTER TABLE reconciliation DROP CONSTRAINT reconciliation_pkey, ADD PRIMARY KEY (id, account_no);
/*POSTGRES*/ ALTER TABLE adjustment DROP CONSTRAINT adjustment_transfer_id_payment_id_key;
/*POSTGRES*/ CREATE UNIQUE INDEX adjustment_by_transfer ON adjustment (transfer_id, payment_id, stall_id);
-- A charge's reference holds its stall's number, which is unique.
/*POSTGRES*/ ALTER TABLE charge DROP CONSTRAINT charge_reference_key;
/*POSTGRES*/ CREATE UNIQUE INDEX charge_by_reference ON charge (reference, stall_id);

-- ---- what is forgotten ---------------------------------------------------------------------------
CREATE INDEX idempotency_by_time ON idempotency (created_at_ms); -- which keys are past their time
