-- oldest: 6
-- What the register said of a market's units, each time it changed; market_unit is what holds of it.
CREATE TABLE market_attachment (
	market_id BIGINT NOT NULL REFERENCES market (id),
	id BIGINT NOT NULL,
	from_day BIGINT NOT NULL,
	to_day BIGINT NOT NULL,
	unit_code TEXT NOT NULL,
	entered_at_ms BIGINT NOT NULL,
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	approver TEXT NOT NULL,
	PRIMARY KEY (market_id, id)
) /*STRICT*/;

-- The fold asks by stall what is due on a day, by market who moved, by merchant which stalls.
CREATE INDEX stall_place_by_market ON stall_place (market_id, stall_id);
CREATE INDEX stall_by_merchant ON stall (merchant_id);
DROP INDEX adoption_due_by_day;
CREATE INDEX adoption_due_by_day ON adoption_due (day, stall_id);
