-- The adoption index (ADOPTION): registers that it needs, cells that it is summed from, flags,
-- snapshots.
--
-- A register's rows are dated and never overwritten: of those that cover a day, the one entered last
-- (the highest id) holds.  `from_day` and `to_day` are inclusive; `why` and `approver` are '' unless
-- the row was entered after a day it concerns (R9).
-- oldest: 8

-- ---- registers ----------------------------------------------------------------------------------
CREATE TABLE market_calendar (
	market_id BIGINT NOT NULL REFERENCES market (id),
	id BIGINT NOT NULL,
	from_day BIGINT NOT NULL,
	to_day BIGINT NOT NULL,
	days TEXT NOT NULL, -- all | none | week:1,3,7 (Monday is 1) | lunar:2,7,12 (days of the lunar month)
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	approver TEXT NOT NULL,
	PRIMARY KEY (market_id, id)
) /*STRICT*/;

CREATE TABLE stall_leave (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	id BIGINT NOT NULL,
	from_day BIGINT NOT NULL,
	to_day BIGINT NOT NULL,
	on_leave BIGINT NOT NULL CHECK (on_leave IN (0, 1)), -- 0 takes an earlier row back
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	approver TEXT NOT NULL,
	PRIMARY KEY (stall_id, id)
) /*STRICT*/;

-- When a code bound to a verified account hung at the stall; where no row covers a day, it is live
-- while an account is attached (stall_account).
CREATE TABLE stall_code (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	id BIGINT NOT NULL,
	from_day BIGINT NOT NULL,
	to_day BIGINT NOT NULL,
	live BIGINT NOT NULL CHECK (live IN (0, 1)),
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	approver TEXT NOT NULL,
	PRIMARY KEY (stall_id, id)
) /*STRICT*/;

-- What the register said of a stall's opening and closing, each time it changed.
CREATE TABLE stall_life (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	id BIGINT NOT NULL,
	open_day BIGINT NOT NULL,
	close_day BIGINT NOT NULL, -- first day it no longer sells
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	approver TEXT NOT NULL,
	PRIMARY KEY (stall_id, id)
) /*STRICT*/;

-- Where a stall stood that was moved: without a row it is where `stall` says.
CREATE TABLE stall_place (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	id BIGINT NOT NULL,
	market_id BIGINT NOT NULL REFERENCES market (id),
	code TEXT NOT NULL DEFAULT '', -- under which it stood there
	from_day BIGINT NOT NULL,
	to_day BIGINT NOT NULL,
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	approver TEXT NOT NULL,
	PRIMARY KEY (stall_id, id)
) /*STRICT*/;

-- Declared by the stall for a month (month_key of period.h); beside the index, never in it.
CREATE TABLE turnover (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	month BIGINT NOT NULL,
	id BIGINT NOT NULL,
	amount BIGINT NOT NULL CHECK (amount >= 0),
	source TEXT NOT NULL,
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	PRIMARY KEY (stall_id, month, id)
) /*STRICT*/;
CREATE INDEX turnover_by_month ON turnover (month, stall_id);

-- Rent, electricity, cleaning: recorded by the market board, paid cashless or not.
CREATE TABLE market_fee (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	day BIGINT NOT NULL,
	kind TEXT NOT NULL, -- rent | electricity | cleaning | other
	id BIGINT NOT NULL,
	amount BIGINT NOT NULL CHECK (amount >= 0), -- 0 takes an earlier row back
	cashless BIGINT NOT NULL CHECK (cashless IN (0, 1)),
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	PRIMARY KEY (stall_id, day, kind, id)
) /*STRICT*/;
CREATE INDEX market_fee_by_day ON market_fee (day, stall_id);

CREATE TABLE target (
	unit_code TEXT NOT NULL,
	year BIGINT NOT NULL,
	indicator TEXT NOT NULL, -- CAI P H N D T F V1 V2
	id BIGINT NOT NULL,
	value BIGINT NOT NULL, -- hundredths of a point or percent; V1 a count; V2 dong
	legal_basis TEXT NOT NULL,
	owner TEXT NOT NULL,
	due_day BIGINT NOT NULL,
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	PRIMARY KEY (unit_code, year, indicator, id)
) /*STRICT*/;

-- Accounts from which a stall's own people pay (R1, R2), beside those it receives on.
CREATE TABLE own_account (
	merchant_id BIGINT NOT NULL REFERENCES merchant (id),
	id BIGINT NOT NULL,
	bank_bin TEXT NOT NULL,
	account_no TEXT NOT NULL,
	relation TEXT NOT NULL, -- owner | household | staff
	from_day BIGINT NOT NULL,
	to_day BIGINT NOT NULL, -- before from_day: takes an earlier row back
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	PRIMARY KEY (merchant_id, id)
) /*STRICT*/;

-- Which unit went into which, as the State's list says.
CREATE TABLE unit_lineage (
	from_code TEXT NOT NULL,
	to_code TEXT NOT NULL,
	day BIGINT NOT NULL, -- first day of the new unit
	whole BIGINT NOT NULL CHECK (whole IN (0, 1)),
	PRIMARY KEY (from_code, to_code, day)
) /*STRICT*/;

-- ---- cells -----------------------------------------------------------------------------------------
-- Who paid: a keyed hash, of a key that changes every year; 0: no feed told.
ALTER TABLE payment ADD COLUMN payer BIGINT NOT NULL DEFAULT 0;
ALTER TABLE suspense ADD COLUMN payer BIGINT NOT NULL DEFAULT 0; -- until it is attributed

-- Days that changed since they were last folded into the cells below.  Each writer has rows of its
-- own, and where others write too each of its transactions has: a fold takes away what it saw, and
-- neither waits for the other.
CREATE TABLE adoption_due (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	day BIGINT NOT NULL,
	writer BIGINT NOT NULL,
	marks BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (stall_id, day, writer, marks)
) /*STRICT*/;
CREATE INDEX adoption_due_by_day ON adoption_due (day);
INSERT INTO adoption_due (stall_id, day, writer) SELECT stall_id, day, writer FROM cell;

-- Payments that an account of a merchant's own people made, found by the fold: R2 looks among them
-- for the one that went the other way.
CREATE TABLE adoption_owner (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	day BIGINT NOT NULL,
	payment_id BIGINT NOT NULL,
	merchant_id BIGINT NOT NULL, -- who was paid
	payer_merchant_id BIGINT NOT NULL, -- whose account paid
	net BIGINT NOT NULL,
	at_ms BIGINT NOT NULL, -- the bank's time
	PRIMARY KEY (stall_id, day, payment_id)
) /*STRICT*/;
CREATE INDEX adoption_owner_by_pair ON adoption_owner (payer_merchant_id, merchant_id, at_ms);

-- What a stall's market day counts for.
CREATE TABLE adoption_day (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	day BIGINT NOT NULL,
	payments BIGINT NOT NULL, -- valid ones
	value BIGINT NOT NULL,
	unknown BIGINT NOT NULL, -- payers nobody named, at most 3
	payers BYTEA NOT NULL, -- named ones with their counts (tally.h)
	hours BIGINT NOT NULL DEFAULT 0, -- bit n: a valid payment in hour n
	PRIMARY KEY (stall_id, day)
) /*STRICT*/;

-- The same of a reporting month, in each calendar.
CREATE TABLE adoption_month (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	calendar BIGINT NOT NULL, -- 0: solar, 1: nd09 (period.h)
	month BIGINT NOT NULL, -- month_key
	active_days BIGINT NOT NULL, -- bit n: a valid payment on the month's day n, from 0
	payments BIGINT NOT NULL,
	value BIGINT NOT NULL,
	payers BIGINT NOT NULL, -- U of the whole month
	hours BIGINT NOT NULL DEFAULT 0, -- bit n: a valid payment in hour n of any day
	PRIMARY KEY (calendar, month, stall_id)
) /*STRICT*/;
CREATE INDEX adoption_month_by_stall ON adoption_month (stall_id);

-- What else a market's day tells: amounts, hours, delays, kinds of code, what rules took (tally.h).
CREATE TABLE market_tally (
	market_id BIGINT NOT NULL REFERENCES market (id),
	day BIGINT NOT NULL,
	tally BYTEA NOT NULL,
	PRIMARY KEY (market_id, day)
) /*STRICT*/;

-- A payment that a rule took (R1-R4, R7), or what a person should look at (R5, R6).
CREATE TABLE adoption_flag (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	rule TEXT NOT NULL,
	subject BIGINT NOT NULL, -- the payment; R5, R6: the solar month_key
	day BIGINT NOT NULL, -- its market day; R5, R6: the month's last
	amount BIGINT NOT NULL, -- net, of the payment; R5, R6: 0
	evidence TEXT NOT NULL, -- JSON: counts and ids, never a payer
	version BIGINT NOT NULL,
	PRIMARY KEY (stall_id, rule, subject)
) /*STRICT*/;
CREATE INDEX adoption_flag_by_day ON adoption_flag (day, stall_id);

-- A flag that two persons let go; the first proposes, another one confirms.
CREATE TABLE flag_release (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	rule TEXT NOT NULL,
	subject BIGINT NOT NULL,
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	proposed_at_ms BIGINT NOT NULL,
	second_person TEXT NOT NULL DEFAULT '', -- '': nobody yet, and nothing has changed
	confirmed_at_ms BIGINT,
	PRIMARY KEY (stall_id, rule, subject)
) /*STRICT*/;

-- What was reconciled of a period, whatever the account.
CREATE INDEX reconciliation_by_date ON reconciliation (day, account_no);

-- ---- what an official signs ------------------------------------------------------------------------
CREATE TABLE snapshot (
	id BIGINT NOT NULL PRIMARY KEY,
	scope TEXT NOT NULL, -- unit:23059 | market:MALAM | former:597
	period TEXT NOT NULL, -- as it is typed (period.h)
	calendar TEXT NOT NULL,
	boundary TEXT NOT NULL,
	audience TEXT NOT NULL, -- official | board
	parameter_set TEXT NOT NULL,
	revision BIGINT NOT NULL, -- from 0
	status TEXT NOT NULL, -- provisional | official | unmatched
	position BIGINT NOT NULL, -- the last id in the books when it was taken
	cut_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	report BYTEA NOT NULL, -- the whole report, as JSON
	sha256 BYTEA NOT NULL, -- of `report`
	signature BYTEA NOT NULL, -- Ed25519 over it, by the key that signs proofs
	seal BYTEA,
	UNIQUE (scope, period, calendar, boundary, audience, revision)
) /*STRICT*/;

-- Who looked at what, and took what away.  A chain for each writer: a line's hash covers the one
-- before.
CREATE TABLE audit (
	writer BIGINT NOT NULL,
	id BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	who TEXT NOT NULL,
	what TEXT NOT NULL, -- view | export | snapshot | release | register | book
	subject TEXT NOT NULL,
	detail TEXT NOT NULL,
	hash BYTEA NOT NULL, -- SHA-256 of the hash before it and this line
	seal BYTEA,
	PRIMARY KEY (writer, id)
) /*STRICT*/;
CREATE INDEX audit_by_id ON audit (id);

-- A long export: made by a reader, kept in the folder until it is fetched.
CREATE TABLE export (
	id BIGINT NOT NULL PRIMARY KEY,
	who TEXT NOT NULL,
	request TEXT NOT NULL, -- JSON
	state TEXT NOT NULL, -- waiting | running | done | failed | cancelled
	done BIGINT NOT NULL,
	total BIGINT NOT NULL,
	error TEXT NOT NULL DEFAULT '',
	created_at_ms BIGINT NOT NULL,
	updated_at_ms BIGINT NOT NULL
) /*STRICT*/;

-- ---- beside the markets, never in the index --------------------------------------------------------
-- A counter's charge carries the number of the dossier it is for.
CREATE TABLE charge_dossier (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	charge_id BIGINT NOT NULL,
	dossier TEXT NOT NULL,
	procedure_code TEXT NOT NULL,
	online BIGINT NOT NULL CHECK (online IN (0, 1)), -- received online
	PRIMARY KEY (stall_id, charge_id)
) /*STRICT*/;
CREATE INDEX charge_dossier_by_number ON charge_dossier (dossier, stall_id);

-- Dossiers that owe a fee, and how it was paid: what a counter's own list says of a month.
CREATE TABLE dossier_month (
	unit_code TEXT NOT NULL,
	month BIGINT NOT NULL,
	id BIGINT NOT NULL,
	procedures BIGINT NOT NULL, -- with a fee, in force
	procedures_online BIGINT NOT NULL, -- of these: that can be paid online
	dossiers BIGINT NOT NULL, -- that owe a fee
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	PRIMARY KEY (unit_code, month, id)
) /*STRICT*/;

-- Social assistance of a commune's month: how many are paid by account.
CREATE TABLE payout (
	unit_code TEXT NOT NULL,
	month BIGINT NOT NULL,
	id BIGINT NOT NULL,
	recipients BIGINT NOT NULL,
	by_account BIGINT NOT NULL,
	value BIGINT NOT NULL,
	value_by_account BIGINT NOT NULL,
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	PRIMARY KEY (unit_code, month, id)
) /*STRICT*/;

-- The six groups of Decision 766, typed in by hand: hundredths of a point.
CREATE TABLE service_score (
	unit_code TEXT NOT NULL,
	year BIGINT NOT NULL,
	group_no BIGINT NOT NULL CHECK (group_no BETWEEN 0 AND 6), -- 0: the stated total
	id BIGINT NOT NULL,
	max BIGINT NOT NULL,
	target BIGINT NOT NULL,
	actual BIGINT NOT NULL,
	rank BIGINT NOT NULL DEFAULT 0, -- of the total, where it was published; 0: not told
	units BIGINT NOT NULL DEFAULT 0, -- among so many
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	PRIMARY KEY (unit_code, year, group_no, id)
) /*STRICT*/;
