/*
 * node with-postgres.mjs COMMAND [ARG...]: run it beside a temporary PostgreSQL, end with its status.
 * CHOPAY_TEST_STORE is the URI of a database whose role may create others: one per story, a schema per unit.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

import { startPostgres } from "./postgres.mjs";

/* Clients of a test cluster come and go by the thousand and nobody reads it after the run:
 * new tables need not be on the disk. */
const server = await startPostgres(undefined, { settings: { fsync: "off", synchronous_commit: "off" } });
const child = spawn(process.argv[2], process.argv.slice(3), {
	stdio: "inherit",
	env: { ...process.env, CHOPAY_TEST_STORE: server.uri() },
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
const [status, signal] = await once(child, "exit");
process.exit(signal ? 1 : status);
