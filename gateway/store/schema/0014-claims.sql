-- What a stall says that no bank has told: for its operator to look at.  No row of money: the books
-- go by what the banks tell.
-- oldest: 9
CREATE TABLE stall_claim (
	stall_id BIGINT NOT NULL REFERENCES stall (id),
	id BIGINT NOT NULL,
	kind TEXT NOT NULL, -- not_arrived | given_back
	amount BIGINT NOT NULL CHECK (amount > 0),
	at_ms BIGINT NOT NULL, -- when the buyer says it was sent; given_back: when it was said
	answer TEXT NOT NULL, -- not_arrived: found | held | not_told, as it was then; else ''
	payment_id BIGINT NOT NULL, -- given_back: of this one; found: the newest that fits; else 0
	transfer_id BIGINT NOT NULL, -- held: the credit in suspense; else 0
	why TEXT NOT NULL,
	who TEXT NOT NULL, -- whose session: "stall:12"
	created_at_ms BIGINT NOT NULL,
	PRIMARY KEY (stall_id, id)
) /*STRICT*/;
CREATE INDEX stall_claim_by_payment ON stall_claim (stall_id, payment_id) WHERE payment_id <> 0;
