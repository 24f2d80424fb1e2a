/* chopay demo --lan: HTTPS on the machine's own address, for a phone beside it. */
#ifndef CHOPAY_CLI_DEMO_LAN_H
#define CHOPAY_CLI_DEMO_LAN_H

#include "chopay/app.h"

#define DEMO_LAN_PORT "8443"

/*
 * Make a development CA (or renew its certificate) in `config->data`/dev-ca for the address by
 * which this machine reaches others, or that of `listen` ("IPV4:PORT") if not NULL, and set the
 * configuration's TLS to it.  `host` gets the address, `ca_file` whom callers of the gateway trust.
 * 0, or an exit status after a message.
 */
int demo_lan_prepare(
	struct app_config *config, const char *listen, struct buf *host, struct buf *ca_file);
/* A QR code of the address on the terminal, and what a phone will ask about. */
void demo_lan_print(struct str url, struct str invite_path);

#endif
