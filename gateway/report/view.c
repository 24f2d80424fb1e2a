/* One period of what a report is about, and the ranks in it. */
#include "view.h"

#include <string.h>

#include "sentence.h"

/* A unit whose money does not agree with the bank is as if it had no index. */
static void
rank(struct arena *arena, const struct total *totals, size_t count, size_t **ranks)
{
	struct cai *cais = arena_alloc(arena, count * sizeof(*cais) + 1);
	const struct cai **list = arena_alloc(arena, count * sizeof(*list) + 1);

	*ranks = arena_alloc(arena, count * sizeof(**ranks) + 1);
	for (size_t i = 0; i < count; i++) {
		cais[i] = totals[i].figures.cai;
		cais[i].known = cais[i].known && totals[i].figures.status != STATUS_UNMATCHED;
		list[i] = &cais[i];
	}
	cai_rank(list, count, *ranks);
}

static struct total *
totals_of(const struct sums *sums, size_t count)
{
	struct total *totals = arena_alloc(sums->arena, count * sizeof(*totals) + 1);

	for (size_t i = 0; i < count; i++)
		totals[i] = total_new(sums);
	return totals;
}

/* Only what is shown needs hours, medians and delays. */
static void
add_to(struct total *total, const struct total *piece, bool tallies)
{
	total_add(total, piece);
	if (tallies)
		tally_merge(&total->tally, &piece->tally);
}

/* Is the stall's piece at `i` the first one of its group, which `group` tells of a piece? */
static bool
is_first(const struct view *view, size_t i, size_t (*group)(const struct piece *piece))
{
	const struct sums *sums = &view->sums;
	const struct piece *pieces = view->selection.pieces;
	size_t of = group(&pieces[sums->sold[i].piece]);

	for (size_t at = sums->sold[i].before; at != NOWHERE; at = sums->sold[at].before) {
		if (group(&pieces[sums->sold[at].piece]) == of)
			return false;
	}
	return of != NOWHERE;
}

static size_t
own_group(const struct piece *piece)
{
	return piece->inside ? 0 : NOWHERE;
}

static size_t
child_group(const struct piece *piece)
{
	return piece->child;
}

static size_t
peer_group(const struct piece *piece)
{
	return piece->peer;
}

/* However often one moved within a group. */
static void
count_stalls(struct view *view)
{
	const struct sums *sums = &view->sums;

	for (size_t i = 0; i < sums->sold_count; i++) {
		const struct piece *piece = &view->selection.pieces[sums->sold[i].piece];

		view->own.figures.stalls += is_first(view, i, own_group);
		if (is_first(view, i, child_group))
			view->children[piece->child].figures.stalls++;
		if (is_first(view, i, peer_group))
			view->peers[piece->peer].figures.stalls++;
	}
}

static void
sum_up(struct view *view, enum view_depth depth, bool over)
{
	const struct selection *selection = &view->selection;

	view->own = total_new(&view->sums);
	view->children = totals_of(&view->sums, selection->child_count);
	view->peers = totals_of(&view->sums, selection->peer_count);
	for (size_t i = 0; i < selection->piece_count; i++) {
		const struct piece *piece = &selection->pieces[i];
		const struct total *total = &view->sums.pieces[i];

		if (piece->inside)
			add_to(&view->own, total, true);
		if (piece->child != NOWHERE)
			add_to(&view->children[piece->child], total, depth == VIEW_PARTS);
		if (piece->peer != NOWHERE)
			add_to(&view->peers[piece->peer], total, false);
	}
	count_stalls(view);
	total_finish(&view->own, over);
	for (size_t i = 0; i < selection->child_count; i++)
		total_finish(&view->children[i], over);
	for (size_t i = 0; i < selection->peer_count; i++)
		total_finish(&view->peers[i], over);
}

struct err
view_make(struct build *build, const struct period *period, enum view_depth depth,
	const struct viewer *viewer, struct view *view)
{
	*view = (struct view){.period = *period};
	select_pieces(build->world, build->arena, &build->subject, period->from_day, period->to_day,
		depth != VIEW_OWN, &view->selection);
	view->sums = (struct sums){
		.db = build->db,
		.arena = build->arena,
		.world = build->world,
		.selection = &view->selection,
		.period = &view->period,
		.watch = build->watch,
		.progress = &build->progress,
		.look = viewer == NULL ? NULL : viewer->look,
		.arg = viewer == NULL ? NULL : viewer->arg,
	};
	TRY(sums_make(&view->sums));
	if (viewer != NULL)
		TRY(viewer->looked(viewer->arg, view));
	sum_up(view, depth, period->to_day < build->subject.today);
	rank(build->arena, view->children, view->selection.child_count, &view->child_ranks);
	rank(build->arena, view->peers, view->selection.peer_count, &view->peer_ranks);
	for (size_t i = 0; i < view->selection.peer_count; i++)
		view->peers_ranked += view->peer_ranks[i] > 0;
	return OK;
}

void
view_fini(struct view *view)
{
	total_fini(&view->own);
	for (size_t i = 0; view->children != NULL && i < view->selection.child_count; i++)
		total_fini(&view->children[i]);
	for (size_t i = 0; view->peers != NULL && i < view->selection.peer_count; i++)
		total_fini(&view->peers[i]);
	sums_fini(&view->sums);
}

bool
view_known(const struct view *view)
{
	return view->own.figures.sums.qr_days > 0 || view->own.figures.payments > 0;
}

/* ---- ranks ------------------------------------------------------------------------------------
 */

struct str
rank_refused(struct arena *arena, const struct report_figures *figures)
{
	struct buf missing CLEANUP(buf_fini) = {0}, text CLEANUP(buf_fini) = {0};

	if (figures->status == STATUS_UNMATCHED)
		return str_from(word(W_REFUSED_UNMATCHED, VIETNAMESE));
	for (int i = 0; i < CAI_COMPONENTS; i++) {
		if (!figures->cai.figures[i].known)
			buf_addf(&missing, "%s%s", missing.len == 0 ? "" : ", ",
				cai_component_code((enum cai_component)i));
	}
	if (missing.len > 0) {
		put_words(
			&text, VIETNAMESE, W_REFUSED_NO_FIGURE, (struct str[]){buf_str(&missing)});
		return arena_copy(arena, buf_str(&text));
	}
	if (figures->cai.cells < CAI_RANKED_CELLS_MIN)
		return str_from(word(W_UNRANKED_FEW, VIETNAMESE));
	return STR("");
}

/* Is a before b?  Shares are compared as fractions, not as they are printed. */
static int
compare_rates(const struct cai_figure *a, const struct cai_figure *b)
{
	__extension__ typedef __int128 wide;
	wide left = (wide)a->num * b->den, right = (wide)b->num * a->den;

	return (left < right) - (left > right);
}

static bool
comes_before(const struct view *view, size_t a, size_t b)
{
	const struct cai *left = &view->children[a].figures.cai;
	const struct cai *right = &view->children[b].figures.cai;
	size_t left_rank = view->child_ranks[a], right_rank = view->child_ranks[b];
	const struct str *codes[] = {
		&view->selection.children[a].code, &view->selection.children[b].code};
	size_t len = codes[0]->len < codes[1]->len ? codes[0]->len : codes[1]->len;
	int order = 0;

	if (left_rank != right_rank)
		return left_rank != 0 && (right_rank == 0 || left_rank < right_rank);
	if (left_rank != 0)
		order = compare_rates(&left->figures[CAI_RHYTHM], &right->figures[CAI_RHYTHM]);
	if (order == 0 && left_rank != 0)
		order = compare_rates(&left->figures[CAI_ACTIVITY], &right->figures[CAI_ACTIVITY]);
	if (order == 0)
		order = memcmp(codes[0]->ptr, codes[1]->ptr, len);
	return order < 0 || (order == 0 && codes[0]->len < codes[1]->len);
}

/* Of a few hundred at most: by insertion. */
size_t *
rank_order(struct arena *arena, const struct view *view)
{
	size_t count = view->selection.child_count;
	size_t *order = arena_alloc(arena, count * sizeof(*order) + 1);

	for (size_t i = 0; i < count; i++) {
		size_t at = i;

		for (; at > 0 && comes_before(view, i, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return order;
}
