-- The operator's console: alarms that a person closed, what is watched in the background, and files
-- on their way into a register.
-- oldest: 9

-- An alarm's row is never changed: who closed it, and why, is a row of its own.
CREATE TABLE alarm_closing (
	alarm_id BIGINT NOT NULL PRIMARY KEY REFERENCES alarm (id),
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	closed_at_ms BIGINT NOT NULL
) /*STRICT*/;
CREATE INDEX alarm_by_kind ON alarm (kind, id);

-- What holds now and has raised its alarm: it is not raised again while it goes on.
CREATE TABLE watched (
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	alarm_id BIGINT NOT NULL,
	since_ms BIGINT NOT NULL,
	PRIMARY KEY (kind, subject)
) /*STRICT*/;

-- When an endpoint's deliveries came: from it its own habit is known.
CREATE TABLE endpoint_day (
	endpoint_id TEXT NOT NULL,
	day BIGINT NOT NULL,
	deliveries BIGINT NOT NULL,
	hours BIGINT NOT NULL, -- bit n: a delivery in hour n, Vietnam
	last_ms BIGINT NOT NULL,
	PRIMARY KEY (endpoint_id, day)
) /*STRICT*/;

-- A file for a register: looked through first, entered when a person says so, taken back by dated
-- rows.  Its row stays, for whoever asks later what a file changed.
CREATE TABLE register_file (
	id BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL, -- as the browser calls it
	register TEXT NOT NULL, -- stalls | calendar | ...
	csv BYTEA NOT NULL,
	state TEXT NOT NULL, -- refused | looked | entered | undo_asked | undone | dropped
	outcome TEXT NOT NULL, -- JSON: problems, or what it changes; entered: what it changed
	person TEXT NOT NULL, -- who brought it
	why TEXT NOT NULL,
	approver TEXT NOT NULL, -- of days that are over (R9); '' otherwise
	made_at_ms BIGINT NOT NULL,
	entered_at_ms BIGINT NOT NULL, -- 0: not entered
	undone_at_ms BIGINT NOT NULL,
	undone_by TEXT NOT NULL,
	undone_why TEXT NOT NULL,
	undo TEXT NOT NULL -- JSON: what was taken back and what could not be; '' until then
) /*STRICT*/;
