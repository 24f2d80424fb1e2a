-- Two versions of chopay on one database, while its nodes are brought up to date one by one.
--
-- A step's head may say which programs can live with it: a line `-- oldest: 6` means those that know
-- step 6.  Without it, those that know the step itself.  A step runs only when no node of an older
-- program is alive; one with a line `-- contract` can wait until then.
ALTER TABLE schema_step ADD COLUMN oldest BIGINT; -- NULL: the step itself
ALTER TABLE writer ADD COLUMN knows BIGINT NOT NULL DEFAULT 0; -- the newest step that its node's program knows
