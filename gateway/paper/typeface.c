/* The letters of our papers: four files of a family, found by fontconfig, in a font map that knows
 * no others. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#include "chopay/typeface.h"

#define POINTS_PER_INCH 72 /* a unit of the page is a point */

#if defined(__SANITIZE_ADDRESS__)
/* Fontconfig loses a pattern when it reads the machine's fonts.conf, once in a process. */
__attribute__((weak)) const char *__lsan_default_suppressions(void);
__attribute__((weak)) const char *
__lsan_default_suppressions(void)
{
	return "leak:libfontconfig.so\n";
}
#endif

struct typeface {
	enum typeface_family family;
	FcConfig *config; /* with our files only */
	PangoFontMap *map;
	PangoContext *context;
};

/* ---- one at a time --------------------------------------------------------------------------- */

/* What Pango and cairo share, they share in the whole process, and so must its guard: 8 threads
 * that drew at once made one PDF of 60 with other bytes, and crashed now and then.  Those who wait
 * are served in the order they came. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t next;
	unsigned long taken, served; /* numbers, as in a queue at a counter */
} turn = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};

static void
turn_wait(void)
{
	unsigned long mine;

	pthread_mutex_lock(&turn.mutex);
	mine = turn.taken++;
	while (turn.served != mine)
		pthread_cond_wait(&turn.next, &turn.mutex);
	pthread_mutex_unlock(&turn.mutex);
}

static void
turn_over(void)
{
	pthread_mutex_lock(&turn.mutex);
	turn.served++;
	pthread_cond_broadcast(&turn.next);
	pthread_mutex_unlock(&turn.mutex);
}

void
typeface_yield(void)
{
	turn_over();
	turn_wait();
}

/* ---- the font map ---------------------------------------------------------------------------- */

static const struct {
	int weight, slant;
} cuts[] = {
	{FC_WEIGHT_REGULAR, FC_SLANT_ROMAN},
	{FC_WEIGHT_BOLD, FC_SLANT_ROMAN},
	{FC_WEIGHT_REGULAR, FC_SLANT_ITALIC},
	{FC_WEIGHT_BOLD, FC_SLANT_ITALIC},
};

/* Of several files with the same letters the one whose path sorts first: the same each time. */
static bool
first_file(const FcFontSet *set, const char **path)
{
	*path = NULL;
	for (int i = 0; i < set->nfont; i++) {
		FcChar8 *file;

		if (FcPatternGetString(set->fonts[i], FC_FILE, 0, &file) == FcResultMatch &&
			(*path == NULL || strcmp((const char *)file, *path) < 0))
			*path = (const char *)file;
	}
	return *path != NULL;
}

static bool
add_cut(FcConfig *config, FcConfig *machine, enum typeface_family family, int weight, int slant)
{
	/* Version 1 of the font has no letters of Vietnamese. */
	FcPattern *wanted = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, typeface_name(family),
		FC_LANG, FcTypeString, "vi", FC_WEIGHT, FcTypeInteger, weight, FC_SLANT,
		FcTypeInteger, slant, NULL);
	FcObjectSet *asked = FcObjectSetBuild(FC_FILE, NULL);
	FcFontSet *set = FcFontList(machine, wanted, asked);
	const char *path;
	bool added = set != NULL && first_file(set, &path) &&
		     FcConfigAppFontAddFile(config, (const FcChar8 *)path);

	if (set != NULL)
		FcFontSetDestroy(set);
	FcObjectSetDestroy(asked);
	FcPatternDestroy(wanted);
	return added;
}

static bool
add_cuts(FcConfig *config, enum typeface_family family)
{
	FcConfig *machine = FcConfigReference(NULL);
	bool added = machine != NULL;

	for (size_t i = 0; added && i < sizeof(cuts) / sizeof(cuts[0]); i++)
		added = add_cut(config, machine, family, cuts[i].weight, cuts[i].slant);
	if (machine != NULL)
		FcConfigDestroy(machine);
	return added;
}

/* Shapes as the font's designer drew them: no fitting to a screen's pixels. */
static void
set_options(PangoContext *context)
{
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
}

const char *
typeface_name(enum typeface_family family)
{
	return family == TYPEFACE_SANS ? "Liberation Sans" : "Liberation Serif";
}

enum typeface_family
typeface_family(const struct typeface *typeface)
{
	return typeface->family;
}

struct err
typeface_new(enum typeface_family family, struct typeface **typeface)
{
	struct typeface *face CLEANUP(typeface_cleanup) = mem_alloc_zero(1, sizeof(*face));

	turn_wait();
	face->family = family;
	face->config = FcConfigCreate();
	if (face->config == NULL)
		return FAIL(ERR_BROKEN, "fontconfig did not start");
	if (!add_cuts(face->config, family))
		return FAIL(ERR_SETUP, "the font Liberation with the letters of Vietnamese is"
				       " not installed: install the package fonts-liberation2");
	face->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(face->map), POINTS_PER_INCH);
	pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(face->map), face->config);
	face->context = pango_font_map_create_context(face->map);
	pango_context_set_language(face->context, pango_language_from_string("vi"));
	pango_context_set_base_dir(face->context, PANGO_DIRECTION_LTR);
	/* Letters stand where the page has them, not on whole points. */
	pango_context_set_round_glyph_positions(face->context, FALSE);
	set_options(face->context);
	*typeface = face;
	face = NULL;
	return OK;
}

void
typeface_cleanup(struct typeface **typeface)
{
	struct typeface *face = *typeface;

	if (face == NULL)
		return;
	if (face->context != NULL)
		g_object_unref(face->context);
	if (face->map != NULL) {
		/* Pango 1.50 does not let go of it by itself. */
		pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(face->map), NULL);
		g_object_unref(face->map);
	}
	if (face->config != NULL)
		FcConfigDestroy(face->config);
	free(face);
	turn_over();
}

PangoLayout *
typeface_layout(const struct typeface *typeface)
{
	PangoLayout *layout = pango_layout_new(typeface->context);
	PangoAttrList *attributes = pango_attr_list_new();

	/* A code that is broken shows no hyphen that it does not have. */
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_auto_dir(layout, FALSE);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	return layout;
}
