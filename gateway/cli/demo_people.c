/* People of the sample market: a visitor looks in as an official, the market board, an operator. */
#include <stdio.h>

#include "demo_people.h"

static const struct {
	const char *login, *name, *role, *shown;
} people[] = {
	{"canbo", "Nguyễn Thị Huệ", "official:23059", "Cán bộ xã (an official)           "},
	{"chomalam", "Trần Văn Minh", "manager:MALAM", "Ban quản lý chợ (market board)    "},
	{"quantri", "Lê Thị Lan", "operator", "Người quản trị (the operator)     "},
};

/* A store that was shown before knows them. */
static int
add(struct control *control, const char *login, const char *name, const char *role)
{
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};
	int status;

	json_set_str(body, "login", str_from(login));
	json_set_str(body, "name", str_from(name));
	json_set_str(body, "role", str_from(role));
	json_write(&text, body);
	status = control_send(
		control, "POST", "/v1/users", "application/json", buf_str(&text), &answer);
	if (status == 0 && answer.status != 201 && answer.status != 409)
		status = control_complain(control, login, &answer);
	return status;
}

static int
print_link(struct control *control, const char *url, const char *login, const char *shown)
{
	json_t *answer CLEANUP(json_cleanup) = NULL, *body CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	buf_addf(&path, "/v1/users/%s/links", login);
	json_object_set_new(body, "sign_in", json_true());
	status = control_json(control, "POST", path.ptr, body, &answer);
	if (status == 0)
		printf("  %s %s%.*s\n", shown, url,
			STR_FMT(json_str(json_object_get(answer, "path"))));
	return status;
}

int
demo_people(struct control *control, const char *url)
{
	int status = 0;

	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]) && status == 0; i++) {
		status = add(control, people[i].login, people[i].name, people[i].role);
		if (status == 0)
			status = print_link(control, url, people[i].login, people[i].shown);
	}
	return status;
}
