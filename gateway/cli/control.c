/* A command asks the gateway of a data folder over its control socket. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/app.h"
#include "chopay/log.h"
#include "chopay/store.h"
#include "control.h"

/* A verification takes a minute for each million payments; a gateway that dies closes the socket.
 */
#define ANSWER_TIMEOUT_S (24 * 3600L)

struct control {
	const char *command;
	CURL *curl;
	struct buf socket_path;
	/* when we run the gateway ourselves */
	struct app_config config;
	struct app *app;
	pthread_t thread;
	bool has_thread;
};

void
control_answer_fini(struct control_answer *answer)
{
	buf_fini(&answer->body);
}

static bool
somebody_listens(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path)) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	yes = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return yes;
}

static void *
run_app(void *arg)
{
	app_run(arg);
	return NULL;
}

static int
start_inside(struct control *control)
{
	struct buf url CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};
	struct err err;

	log_quiet();
	err = app_start(&control->config, &control->app, &url, &why);
	if (err.code != ERR_OK) {
		complain("%s: %s", control->command, why.ptr);
		return err_exit_status(err.code);
	}
	control->has_thread = pthread_create(&control->thread, NULL, run_app, control->app) == 0;
	return control->has_thread ? 0 : EX_OSERR;
}

/* Whoever names a store means that one: the gateway of the folder may serve another, and an import
 * into it, or its "every sum agrees", would be about the wrong books. */
static int
check_place(struct control *control)
{
	struct control_answer got CLEANUP(control_answer_fini) = {0};
	struct buf meant CLEANUP(buf_fini) = {0};
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct str served = {NULL, 0};
	int status = control_send(control, "GET", "/control/store", NULL, STR(""), &got);

	if (status != 0)
		return status;
	if (got.status == 404) /* a gateway of an earlier release cannot say */
		return 0;
	if (got.status != 200)
		return control_complain(control, "", &got);
	if (json_parse_strict(buf_str(&got.body), &answer, NULL).code == ERR_OK)
		served = json_str(json_object_get(answer, "place"));
	store_place(control->config.store, &meant);
	if (str_eq(served, buf_str(&meant)))
		return 0;
	complain("%s: the gateway that runs in %s serves %.*s, not %s: --data %s alone asks it; "
		 "for the other store give --data another folder with its keys",
		control->command, control->config.data, STR_FMT(served), meant.ptr,
		control->config.data);
	return EX_CONFIG;
}

static int
open_at(const char *command, const struct where *where, bool make, struct control *control)
{
	int status = where_config(command, where, &control->config);

	control->command = command;
	if (status != 0)
		return status;
	buf_addf(&control->socket_path, "%s/%s", control->config.data, APP_CONTROL_SOCKET);
	if (control->socket_path.len >= sizeof(((struct sockaddr_un *)0)->sun_path)) {
		complain("%s: the path of the data folder is too long (100 bytes)", command);
		return EX_USAGE;
	}
	if (!somebody_listens(control->socket_path.ptr)) {
		status = make ? 0 : where_check(command, &control->config);
		if (status == 0)
			status = start_inside(control);
	}
	control->curl = status == 0 ? curl_easy_init() : NULL;
	if (status == 0 && !control->has_thread && control->config.store != NULL)
		status = check_place(control);
	return status;
}

static int
open_or_close(const char *command, const struct where *where, bool make, struct control **control)
{
	struct control *made = mem_alloc_zero(1, sizeof(*made));
	int status = open_at(command, where, make, made);

	if (status == 0)
		*control = made;
	else
		control_close(made);
	return status;
}

int
control_open(const char *command, const struct where *where, struct control **control)
{
	return open_or_close(command, where, false, control);
}

int
control_create(const char *command, const struct where *where, struct control **control)
{
	return open_or_close(command, where, true, control);
}

int
control_join(const char *command, const char *data, struct control **control)
{
	struct control *made = mem_alloc_zero(1, sizeof(*made));

	made->command = command;
	buf_addf(&made->socket_path, "%s/%s", data, APP_CONTROL_SOCKET);
	if (somebody_listens(made->socket_path.ptr)) {
		made->curl = curl_easy_init();
		*control = made;
		return 0;
	}
	control_close(made);
	complain("%s: %s is in use, but no gateway answers there", command, data);
	return EX_UNAVAILABLE;
}

void
control_close(struct control *control)
{
	if (control == NULL)
		return;
	if (control->curl != NULL)
		curl_easy_cleanup(control->curl);
	if (control->has_thread) {
		app_stop(control->app);
		pthread_join(control->thread, NULL);
	}
	app_free(control->app);
	config_fini(&control->config);
	buf_fini(&control->socket_path);
	free(control);
}

void
control_cleanup(struct control **control)
{
	control_close(*control);
}

static size_t
body_came(char *bytes, size_t size, size_t count, void *arg)
{
	struct control_answer *answer = arg;

	buf_add(&answer->body, (struct str){bytes, size * count});
	if (answer->came != NULL)
		answer->came(answer, answer->came_arg);
	return size * count;
}

int
control_send(struct control *control, const char *method, const char *path,
	const char *content_type, struct str body, struct control_answer *answer)
{
	struct buf url CLEANUP(buf_fini) = {0}, type CLEANUP(buf_fini) = {0};
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	CURL *curl = control->curl;
	long status = 0;
	CURLcode rc;

	buf_addf(&url, "http://localhost%s", path);
	buf_addf(&type, "Content-Type: %s", content_type == NULL ? "text/plain" : content_type);
	if (content_type != NULL)
		headers = curl_slist_append(headers, type.ptr);
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, control->socket_path.ptr);
	curl_easy_setopt(curl, CURLOPT_URL, url.ptr);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, ANSWER_TIMEOUT_S);
	if (content_type != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.len == 0 ? "" : body.ptr);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	}
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body_came);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	rc = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	if (rc != CURLE_OK) {
		complain("%s: the gateway of this data folder does not answer: %s",
			control->command, curl_easy_strerror(rc));
		return EX_UNAVAILABLE;
	}
	answer->status = (int)status;
	return 0;
}

static int
exit_status_of(int http_status)
{
	switch (http_status) {
	case 401:
	case 403:
		return EX_NOPERM;
	case 503:
	case 429:
		return EX_UNAVAILABLE;
	default:
		return http_status >= 500 ? EX_SOFTWARE : EX_DATAERR;
	}
}

int
control_complain(struct control *control, const char *about, const struct control_answer *answer)
{
	json_t *problem CLEANUP(json_cleanup) = NULL;
	struct str title = {NULL, 0}, detail = {NULL, 0};

	if (json_parse_strict(buf_str(&answer->body), &problem, NULL).code == ERR_OK) {
		title = json_str(json_object_get(problem, "title"));
		detail = json_str(json_object_get(problem, "detail"));
	}
	if (detail.len > 0)
		complain("%s: %s%s%.*s: %.*s", control->command, about,
			about[0] == '\0' ? "" : ": ", STR_FMT(title), STR_FMT(detail));
	else
		complain("%s: the gateway answered %d", control->command, answer->status);
	return exit_status_of(answer->status);
}

int
control_json(struct control *control, const char *method, const char *path, json_t *body,
	json_t **answer)
{
	struct control_answer got CLEANUP(control_answer_fini) = {0};
	struct buf text CLEANUP(buf_fini) = {0};
	int status;

	if (body != NULL)
		json_write(&text, body);
	status = control_send(control, method, path, body == NULL ? NULL : "application/json",
		buf_str(&text), &got);
	if (text.len > 0)
		explicit_bzero(text.ptr, text.len); /* it may have held a secret */
	if (status != 0)
		return status;
	if (got.status < 200 || got.status > 299)
		return control_complain(control, "", &got);
	*answer = NULL;
	if (got.body.len > 0 &&
		json_parse_strict(buf_str(&got.body), answer, NULL).code != ERR_OK) {
		complain("%s: the gateway's answer cannot be read", control->command);
		return EX_SOFTWARE;
	}
	return 0;
}

int
control_revoke(const char *command, const struct where *where, const char *folder, const char *id)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	if (id == NULL) {
		complain("%s: which one? give its ID", command);
		return EX_USAGE;
	}
	buf_adds(&path, folder);
	path_add(&path, str_from(id));
	status = control_open(command, where, &control);
	if (status == 0)
		status = control_json(control, "DELETE", path.ptr, NULL, &answer);
	if (status == 0)
		puts("revoked");
	return status;
}

void
path_add(struct buf *path, struct str segment)
{
	for (size_t i = 0; i < segment.len; i++) {
		char c = segment.ptr[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			c == '-' || c == '.' || c == '_')
			buf_addc(path, c);
		else
			buf_addf(path, "%%%02X", (unsigned char)c);
	}
}

int
control_print_lines(const json_t *answer, const char *name)
{
	const json_t *items = json_object_get(answer, name);

	for (size_t i = 0; i < json_array_size(items); i++) {
		struct buf line CLEANUP(buf_fini) = {0};

		json_write(&line, json_array_get(items, i));
		puts(line.ptr);
	}
	return EX_OK;
}
