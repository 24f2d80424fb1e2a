/* chopay store: its sub-commands, each in a file of its own. */
#ifndef CHOPAY_CLI_STORE_H
#define CHOPAY_CLI_STORE_H

/* argv[0] is the sub-command's name; an exit status comes back. */
int store_plan(int argc, char **argv);
extern const char store_plan_help[];
int store_partition(int argc, char **argv);
extern const char store_partition_help[];
int store_archive(int argc, char **argv);
extern const char store_archive_help[];
int store_copy(int argc, char **argv);
extern const char store_copy_help[];
int store_reopen(int argc, char **argv);
extern const char store_reopen_help[];

#endif
