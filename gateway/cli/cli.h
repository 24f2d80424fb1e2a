/* The commands: each takes its own words (argv[0] is its name) and returns an exit status. */
#ifndef CHOPAY_CLI_H
#define CHOPAY_CLI_H

int cli_qr(int argc, char **argv);
int cli_reference(int argc, char **argv);
int cli_webhook(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_config(int argc, char **argv);
int cli_registry(int argc, char **argv);
int cli_stall(int argc, char **argv);
int cli_print(int argc, char **argv);
int cli_user(int argc, char **argv);
int cli_account(int argc, char **argv);
int cli_endpoint(int argc, char **argv);
int cli_alarms(int argc, char **argv);
int cli_pull(int argc, char **argv);
int cli_reconcile(int argc, char **argv);
int cli_key(int argc, char **argv);
int cli_receiver(int argc, char **argv);
int cli_book(int argc, char **argv);
int cli_charge(int argc, char **argv);
int cli_payments(int argc, char **argv);
int cli_transfers(int argc, char **argv);
int cli_suspense(int argc, char **argv);
int cli_statement(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_audit(int argc, char **argv);
int cli_flag(int argc, char **argv);
int cli_ledger(int argc, char **argv);
int cli_store(int argc, char **argv);
int cli_backup(int argc, char **argv);
int cli_restore(int argc, char **argv);
int cli_simulate(int argc, char **argv);
int cli_demo(int argc, char **argv);

#endif
