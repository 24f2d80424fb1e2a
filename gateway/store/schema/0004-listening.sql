-- Nodes on one database hear of each other.

-- What each process keeps in memory, and how often it was changed: who sees another number than it
-- knows reads the table anew.
CREATE TABLE change (
	what BIGINT NOT NULL PRIMARY KEY, -- 0: endpoints, 1: pulls, 2: receivers, or what waits for them (store.h)
	number BIGINT NOT NULL
) /*STRICT*/;
INSERT INTO change (what, number) VALUES (0, 0), (1, 0), (2, 0);

-- The notices of one writer (the low 8 bits of an id) after one of its ids: another node shows them.
/*POSTGRES*/ CREATE INDEX notice_by_writer ON notice ((id & 255), id);
