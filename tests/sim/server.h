/*
 * server.h - the simulation's machine on PostgreSQL: a database for each world, and a network that
 * is cut.
 *
 * In the place of disk.h: the server's disk is its own, so what strikes is the connection.  It is
 * cut before a group of statements is sent, or after, when nobody knows whether it was done.
 */
#ifndef TESTS_SIM_SERVER_H
#define TESTS_SIM_SERVER_H

#include "chopay/str.h"

/* CHOPAY_TEST_STORE; NULL: the simulation has SQLite on its own disk. */
const char *server_uri(void);

/* The URI of the database `name`; and the database itself, empty (`like` NULL) or a copy. */
void server_database(const char *name, struct buf *uri);
void server_make(const char *name, const char *like);
void server_drop(const char *name);

/* At the `calls`-th round trip from now the connection is cut (1: the next). */
void server_plan(long calls);
/* Each connection is cut when it is used, until server_heal: a process that dies says goodbye to
 * nobody. */
void server_die(void);
void server_heal(void);

#endif
