/* What the machine says of itself: room on the disk, certificates that end. */
#include <stdio.h>
#include <sys/statvfs.h>

#include "facts.h"

#define CERTIFICATE_BYTES_MAX (1024 * 1024)
#define DISK_ALARM_PERCENT_DEFAULT 10

static const char *const names[FACTS_CERTIFICATES] = {"server", "client_ca", "outgoing_ca"};

static const char *
file_of(const struct app_config *config, int n)
{
	return n == 0 ? config->tls_cert : n == 1 ? config->tls_client_ca : config->tls_outgoing_ca;
}

/* 0: none, or whoever needs it says what is wrong with it. */
static int64_t
read_end(const char *file)
{
	struct buf pem CLEANUP(buf_fini) = {0};
	char part[4096];
	int64_t until_ms;
	size_t got;
	FILE *in;

	if (file == NULL || (in = fopen(file, "re")) == NULL)
		return 0;
	while (pem.len < CERTIFICATE_BYTES_MAX && (got = fread(part, 1, sizeof(part), in)) > 0)
		buf_add(&pem, (struct str){part, got});
	fclose(in);
	return crypt_certificates_until(buf_str(&pem), &until_ms).code == ERR_OK ? until_ms : 0;
}

void
facts_load(struct facts *facts, const struct app_config *config)
{
	facts->config = config;
	for (int n = 0; n < FACTS_CERTIFICATES; n++)
		atomic_store(&facts->until_ms[n], read_end(file_of(config, n)));
}

void
facts_read(void *arg, struct gateway_facts *read)
{
	struct facts *facts = arg;
	const struct app_config *config = facts->config;
	struct statvfs disk;

	*read = (struct gateway_facts){
		.disk_alarm_percent = config->disk_alarm_percent > 0 ? config->disk_alarm_percent
								     : DISK_ALARM_PERCENT_DEFAULT,
	};
	if (statvfs(config->data, &disk) == 0) {
		read->disk_total = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize;
		read->disk_free = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	}
	for (int n = 0; n < FACTS_CERTIFICATES; n++) {
		int64_t until_ms = atomic_load(&facts->until_ms[n]);

		if (until_ms != 0)
			read->certificates[read->certificate_count++] =
				(struct gateway_certificate){
					names[n], file_of(config, n), until_ms};
	}
}
