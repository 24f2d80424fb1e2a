-- The keys that every node of a store has, so that a node with others is refused.
CREATE TABLE node_keys (
	id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1), -- one row, or none: a store of one file has none
	master_id BYTEA NOT NULL, -- names the key that seals rows and secrets; it is not that key
	ledger_public BYTEA NOT NULL -- of the pair that signs proofs
) /*STRICT*/;
