-- What a store is told about itself, so that nobody serves half a copy, or books that were left.
CREATE TABLE store_note (
	id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1), -- one row, or none
	kind TEXT NOT NULL, -- copying: not all rows are here yet | moved: the books are at `place` now
	place TEXT NOT NULL, -- the other store, without a password
	token BIGINT NOT NULL, -- of whoever copies: an earlier one that still runs is refused
	at_ms BIGINT NOT NULL
) /*STRICT*/;
