-- Charges that a stall's phone mints where there is no network.
-- oldest: 12

-- Counters of a stall's charges that were given to a device: the gateway itself mints none of them.
CREATE TABLE counter_block (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	first BIGINT NOT NULL CHECK (first >= 0), -- the first of them; all below 2^20
	size BIGINT NOT NULL CHECK (size > 0),
	account_id BIGINT NOT NULL, -- that the stall received on: what the phone's codes say
	holder TEXT NOT NULL, -- who asked: "stall:7", "key:3"
	leased_at_ms BIGINT NOT NULL,
	PRIMARY KEY (stall_id, first)
) /*STRICT*/;

-- A minted reference that we heard of, from the phone or from a bank, and the id of its charge.  Money
-- may come before the phone has told of the charge: its payment names this id from the start.
CREATE TABLE minted_charge (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	charge_id BIGINT NOT NULL,
	reference TEXT NOT NULL,
	heard_at_ms BIGINT NOT NULL,
	PRIMARY KEY (stall_id, charge_id)
) /*STRICT*/;
CREATE UNIQUE INDEX minted_charge_by_reference ON minted_charge (reference, stall_id);
