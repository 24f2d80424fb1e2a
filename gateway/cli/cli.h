/* The commands: each takes its own words (argv[0] is its name) and returns an exit status. */
#ifndef CHOPAY_CLI_H
#define CHOPAY_CLI_H

int cli_qr(int argc, char **argv);
int cli_reference(int argc, char **argv);
int cli_webhook(int argc, char **argv);

#endif
