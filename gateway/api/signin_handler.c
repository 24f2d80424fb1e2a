/* Staff sign in: a login, a password, a code from the phone. */
#include "api.h"

static struct err
page_answer(struct db *db, struct ask *ask)
{
	(void)db;
	ask->json = page_data(ask->req);
	json_set_str(ask->json, "next", ask->word);
	return page_render(&ask->bytes, "gateway/web/signin/signin.html", ask->json);
}

void
signin_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	request_query(req, "next", &ask->word);
	ask->answer = page_answer;
	ask->reply = ask_reply_page;
	ask_send(ask);
}
