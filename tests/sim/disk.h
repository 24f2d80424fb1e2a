/*
 * disk.h - the disk of the simulation: SQLite's file system with power cuts and errors on demand.
 *
 * Files live on the machine's own (memory-backed) file system; what a sync has made safe is kept
 * beside them, so that a cut can leave of the rest what chance wants.  One store at a time.
 */
#ifndef TESTS_SIM_DISK_H
#define TESTS_SIM_DISK_H

#include "../../gateway/simulate/prng.h"
#include "chopay/str.h"

enum disk_fault {
	DISK_DIES, /* from then on nothing is read, written or synced */
	DISK_FULL, /* no write finds room, until disk_heal */
	DISK_EIO,  /* this one call fails */
};

/* Becomes SQLite's default; once, before any store is opened. */
void disk_install(void);

/* The fault strikes at the `calls`-th write, sync or truncation from now (1: the next). */
void disk_plan(enum disk_fault fault, long calls);
void disk_heal(void);	    /* whatever was planned or wrong is over */
bool disk_has_struck(void); /* did the planned fault happen? */

/* After the store was closed: the files as a power cut leaves them. */
void disk_cut_power(struct prng *prng);
/* Before a new store is opened in the folder: nothing is remembered. */
void disk_forget(void);

#endif
