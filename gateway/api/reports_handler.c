/* Adoption reports, rankings and work lists over /v1, in every form. */
#include "report_task.h"

static void
run(struct request *req, enum order_what what)
{
	struct report_task *task = report_task_new(req, what, query_word, req);

	if (task != NULL)
		report_task_run(task);
}

void
report_adoption_get(struct request *req)
{
	run(req, ORDER_ADOPTION);
}

void
report_ranking_get(struct request *req)
{
	run(req, ORDER_RANKING);
}

void
report_work_get(struct request *req)
{
	run(req, ORDER_WORK);
}
