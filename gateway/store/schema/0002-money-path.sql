-- The whole money path: one transfer told by many feeds, refunds, two persons, lists and statements,
-- reconciliation, outgoing notices; and a seal on each row of money.

-- A seal is a MAC over the row (seals.c lists the tables and columns): who changes a row by hand
-- cannot make its seal.  Rows of before this step are sealed by it.  Cells need none: they are
-- recomputed.
ALTER TABLE delivery ADD COLUMN seal BYTEA;
ALTER TABLE transfer ADD COLUMN seal BYTEA;
ALTER TABLE transfer_key ADD COLUMN seal BYTEA;
ALTER TABLE payment ADD COLUMN seal BYTEA;
ALTER TABLE suspense ADD COLUMN seal BYTEA;
ALTER TABLE resolution ADD COLUMN seal BYTEA;
ALTER TABLE charge ADD COLUMN seal BYTEA;
ALTER TABLE notice ADD COLUMN seal BYTEA;
ALTER TABLE alarm ADD COLUMN seal BYTEA;

-- How many sealed rows a table holds and the sum of their seals: a row taken away is missed.
CREATE TABLE seal_total (
	table_name TEXT NOT NULL,
	key_id BYTEA NOT NULL, -- of the key that made the seals: a restored store may hold another's
	row_count BIGINT NOT NULL,
	seal_sum BYTEA NOT NULL,
	seal BYTEA NOT NULL,
	PRIMARY KEY (table_name, key_id)
) /*STRICT*/;

-- The last id a writer gave: after a restart with a clock set back, none is given twice.
CREATE TABLE id_mark (
	writer BIGINT NOT NULL PRIMARY KEY,
	last_id BIGINT NOT NULL
) /*STRICT*/;

-- ---- endpoints -----------------------------------------------------------------------------
ALTER TABLE endpoint ADD COLUMN addresses TEXT NOT NULL DEFAULT ''; -- "1.2.3.4,10.0.0.0/8"; '': any
ALTER TABLE endpoint ADD COLUMN client_cert TEXT NOT NULL DEFAULT ''; -- SHA-256 of the certificate, hex; '': none asked
ALTER TABLE endpoint ADD COLUMN header TEXT NOT NULL DEFAULT ''; -- of the mode t_v1_hmac_sha256_hex

-- ---- one transfer, told by many feeds ------------------------------------------------------
-- Each feed's id of a transfer is a row of transfer_key ("sepay:1", "casso:7"), under each account
-- that the feed named.  The first to tell a bank reference that identifies has it in its row.
ALTER TABLE transfer_key ADD COLUMN delivery_id BIGINT; -- the bytes that told it; NULL: the transfer's own
ALTER TABLE transfer_key ADD COLUMN merged_by TEXT NOT NULL DEFAULT ''; -- why it is that transfer (identity.h); '': it made it
ALTER TABLE transfer_key ADD COLUMN bank_ref TEXT NOT NULL DEFAULT ''; -- "in:FT26209000000077"; '': none, or somebody else's
CREATE UNIQUE INDEX transfer_key_ref ON transfer_key (account_no, bank_ref) WHERE bank_ref <> '';
CREATE INDEX transfer_key_by_transfer ON transfer_key (transfer_id);
CREATE INDEX transfer_key_merged ON transfer_key (delivery_id, account_no, key) WHERE merged_by <> '';
-- A feed's own word for the reference, where the note had none and this was the evidence.
ALTER TABLE transfer ADD COLUMN code_hint TEXT NOT NULL DEFAULT '';
-- Where the same transfer may have been told before, and what an account received.
CREATE INDEX transfer_by_account ON transfer (account_no, amount, booked_at_ms);
CREATE INDEX transfer_by_time ON transfer (account_no, booked_at_ms);
CREATE INDEX transfer_untold ON transfer (account_no, amount, outgoing, booked_at_ms) WHERE booked_told = 0;
CREATE INDEX transfer_by_virtual ON transfer (virtual_account, amount, booked_at_ms) WHERE virtual_account <> '';

-- ---- adjustments: rows that point at a payment, never an edit -------------------------------
CREATE TABLE adjustment (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	id BIGINT NOT NULL,
	payment_id BIGINT NOT NULL,
	kind TEXT NOT NULL, -- refund | reversal
	amount BIGINT NOT NULL CHECK (amount > 0),
	day BIGINT NOT NULL, -- the payment's own market day: a refund reduces that day (ADOPTION section 2)
	transfer_id BIGINT REFERENCES transfer (id), -- the money that went out; NULL: no feed has told it yet
	matched_by TEXT NOT NULL, -- charge | stall_reference | bank_reference | by_hand
	person TEXT NOT NULL, -- '' when the transfer itself told it
	why TEXT NOT NULL,
	created_at_ms BIGINT NOT NULL,
	seal BYTEA,
	PRIMARY KEY (stall_id, id),
	UNIQUE (transfer_id, payment_id) -- one transfer may give several payments back
) /*STRICT*/;
CREATE INDEX adjustment_by_payment ON adjustment (stall_id, payment_id);
ALTER TABLE charge ADD COLUMN refunded BIGINT NOT NULL DEFAULT 0;
CREATE INDEX payment_by_charge ON payment (stall_id, charge_id, id) WHERE charge_id IS NOT NULL;

-- ---- suspense ---------------------------------------------------------------------------------
ALTER TABLE suspense ADD COLUMN other_transfer_id BIGINT; -- the one it may repeat, or contradicts
ALTER TABLE resolution ADD COLUMN charge_id BIGINT;
ALTER TABLE resolution ADD COLUMN other_transfer_id BIGINT; -- the one it tells again, or that sent it back
ALTER TABLE resolution ADD COLUMN second_person TEXT NOT NULL DEFAULT '';
-- Above the limit one person proposes and another one confirms the same.
CREATE TABLE resolution_proposal (
	transfer_id BIGINT NOT NULL REFERENCES suspense (transfer_id),
	id BIGINT NOT NULL,
	outcome TEXT NOT NULL, -- attributed | not_ours | refunded | duplicate
	stall_id BIGINT,
	charge_id BIGINT,
	other_transfer_id BIGINT,
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	created_at_ms BIGINT NOT NULL,
	seal BYTEA,
	PRIMARY KEY (transfer_id, id)
) /*STRICT*/;
-- Money that went out sends one credit back, not two.
CREATE UNIQUE INDEX resolution_refund ON resolution (other_transfer_id) WHERE outcome = 'refunded';
CREATE INDEX resolution_duplicate ON resolution (other_transfer_id) WHERE outcome = 'duplicate';
-- Which charges may a credit without a reference be?
CREATE INDEX charge_by_amount ON charge (account_id, amount, created_at_ms);
CREATE INDEX charge_short ON charge (account_id, created_at_ms) WHERE state = 'short';

-- ---- lists pulled from a feed, statements, reconciliation -----------------------------------------
CREATE TABLE pull (
	id TEXT NOT NULL PRIMARY KEY,
	source TEXT NOT NULL, -- sepay_list_v1 | sepay_list_v2 | casso_list
	account_no TEXT NOT NULL,
	base_url TEXT NOT NULL,
	token BYTEA NOT NULL, -- sealed
	every_s BIGINT NOT NULL,
	cursor TEXT NOT NULL, -- the source's own words; '': from the start
	created_at_ms BIGINT NOT NULL,
	asked_at_ms BIGINT NOT NULL DEFAULT 0, -- a person wants a poll now
	tried_at_ms BIGINT NOT NULL DEFAULT 0, -- the end of the last poll, whole or failed
	last_ok_ms BIGINT NOT NULL DEFAULT 0, -- the end of the last whole one
	last_error TEXT NOT NULL DEFAULT '', -- '': the last poll was fine
	failing_since_ms BIGINT NOT NULL DEFAULT 0, -- 0: the last poll came through
	alarmed_at_ms BIGINT NOT NULL DEFAULT 0, -- of this failing; 0: not yet
	strange BIGINT NOT NULL DEFAULT 0, -- lines of the last whole poll that are not understood
	removed_at_ms BIGINT
) /*STRICT*/;

-- Each line of a list or a statement, and the transfer it is.
CREATE TABLE bank_line (
	account_no TEXT NOT NULL,
	day BIGINT NOT NULL, -- of the bank's time, Vietnam
	source TEXT NOT NULL, -- the feed that told it
	line_key TEXT NOT NULL,
	transfer_id BIGINT NOT NULL REFERENCES transfer (id),
	amount BIGINT NOT NULL,
	outgoing BIGINT NOT NULL,
	booked_at_ms BIGINT NOT NULL,
	told_at_ms BIGINT NOT NULL,
	seal BYTEA,
	PRIMARY KEY (account_no, day, source, line_key, amount, outgoing) -- a changed line is one more row
) /*STRICT*/;
CREATE INDEX bank_line_by_transfer ON bank_line (transfer_id);
CREATE INDEX bank_line_by_key ON bank_line (account_no, source, line_key); -- which telling is the newest
CREATE INDEX bank_line_by_day ON bank_line (day, account_no, source, told_at_ms); -- what is to be reconciled

-- A credit that a list or a statement told first: a webhook should tell it too, before `due_at_ms`.
CREATE TABLE awaited_webhook (
	transfer_id BIGINT NOT NULL PRIMARY KEY REFERENCES transfer (id),
	account_no TEXT NOT NULL,
	source TEXT NOT NULL, -- the feed that told it
	due_at_ms BIGINT NOT NULL,
	missed BIGINT NOT NULL DEFAULT 0, -- 1: it was due, and said so
	told_at_ms BIGINT -- by the webhook; NULL: not yet
) /*STRICT*/;
CREATE INDEX awaited_webhook_due ON awaited_webhook (due_at_ms);
CREATE INDEX awaited_webhook_open ON awaited_webhook (due_at_ms) WHERE told_at_ms IS NULL AND missed = 0;
CREATE INDEX awaited_webhook_told ON awaited_webhook (account_no) WHERE told_at_ms IS NOT NULL;

CREATE TABLE statement_mapping (
	bank TEXT NOT NULL PRIMARY KEY, -- its BIN
	mapping TEXT NOT NULL,
	updated_at_ms BIGINT NOT NULL
) /*STRICT*/;

-- Which days a file has told of, and by which columns: read by others, a line gets another id.
CREATE TABLE statement_file (
	account_no TEXT NOT NULL,
	from_day BIGINT NOT NULL,
	to_day BIGINT NOT NULL,
	columns TEXT NOT NULL, -- the part of the mapping that ids are made of
	imported_at_ms BIGINT NOT NULL,
	PRIMARY KEY (account_no, from_day, to_day, columns)
) /*STRICT*/;

-- An account's day as the bank's lines tell it against our transfers; a new row for each time.
CREATE TABLE reconciliation (
	id BIGINT NOT NULL PRIMARY KEY,
	account_no TEXT NOT NULL,
	day BIGINT NOT NULL,
	source TEXT NOT NULL,
	state TEXT NOT NULL, -- equal | gap
	bank_credits BIGINT NOT NULL,
	bank_credit_sum BIGINT NOT NULL,
	bank_debits BIGINT NOT NULL,
	bank_debit_sum BIGINT NOT NULL,
	our_credits BIGINT NOT NULL,
	our_credit_sum BIGINT NOT NULL,
	our_debits BIGINT NOT NULL,
	our_debit_sum BIGINT NOT NULL,
	gaps BIGINT NOT NULL, -- rows that do not agree
	missed BIGINT NOT NULL, -- credits that no webhook brought, booked from these lines
	missed_sum BIGINT NOT NULL,
	proof TEXT NOT NULL, -- JSON, as signed
	signature BYTEA NOT NULL, -- Ed25519 over proof
	created_at_ms BIGINT NOT NULL,
	seal BYTEA
) /*STRICT*/;
CREATE INDEX reconciliation_by_day ON reconciliation (account_no, day, source, created_at_ms);

-- ---- outgoing notices ---------------------------------------------------------------------------
-- Who is told over the network: a stall's point of sale, an operator's system.
CREATE TABLE receiver (
	id BIGINT NOT NULL PRIMARY KEY,
	stall_id BIGINT NOT NULL, -- 0: every stall's notices
	url TEXT NOT NULL,
	secret BYTEA NOT NULL, -- sealed
	previous BYTEA NOT NULL, -- sealed, empty: none
	previous_until_ms BIGINT NOT NULL,
	created_at_ms BIGINT NOT NULL,
	disabled_at_ms BIGINT, -- by itself (410) or by a person; what comes meanwhile waits
	disabled_why TEXT NOT NULL DEFAULT '',
	removed_at_ms BIGINT
) /*STRICT*/;

-- One notice to one receiver, until it is delivered or given up.
CREATE TABLE dispatch (
	receiver_id BIGINT NOT NULL REFERENCES receiver (id),
	notice_id BIGINT NOT NULL,
	body TEXT NOT NULL, -- as sent: the same bytes at each try
	state TEXT NOT NULL, -- waiting | delivered | dead
	attempts BIGINT NOT NULL, -- all there ever were
	tries BIGINT NOT NULL, -- those in vain since it last was put in line
	first_try_ms BIGINT NOT NULL, -- of these; 0: none yet
	next_try_ms BIGINT NOT NULL,
	done_at_ms BIGINT,
	PRIMARY KEY (receiver_id, notice_id)
) /*STRICT*/;
CREATE INDEX dispatch_waiting ON dispatch (receiver_id, notice_id) WHERE state = 'waiting';
CREATE INDEX dispatch_dead ON dispatch (receiver_id, notice_id) WHERE state = 'dead';
CREATE INDEX dispatch_delivered ON dispatch (done_at_ms) WHERE state = 'delivered';

CREATE TABLE dispatch_attempt (
	receiver_id BIGINT NOT NULL,
	id BIGINT NOT NULL, -- in the order of time
	notice_id BIGINT NOT NULL,
	attempt BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	took_ms BIGINT NOT NULL,
	status BIGINT NOT NULL, -- HTTP; 0: no answer
	error TEXT NOT NULL,
	PRIMARY KEY (receiver_id, id)
) /*STRICT*/;
CREATE INDEX dispatch_attempt_by_notice ON dispatch_attempt (receiver_id, notice_id);
