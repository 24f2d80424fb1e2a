/* What a person knows a device by. */
#include "api.h"

/* In the order in which they are looked for: others call themselves Chrome and Safari, too. */
static const struct {
	const char *mark, *name;
} systems[] = {{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"},
	{"Windows", "Windows"}, {"CrOS", "Chromebook"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"}},
  browsers[] = {{"Zalo", "Zalo"}, {"FBAN", "Facebook"}, {"FBAV", "Facebook"},
	  {"coc_coc_browser", "Cốc Cốc"}, {"SamsungBrowser", "Samsung Internet"}, {"Edg", "Edge"},
	  {"OPR/", "Opera"}, {"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"},
	  {"Chrome", "Chrome"}, {"Safari", "Safari"}, {"curl", "curl"}};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

struct str
device_name(struct arena *arena, struct str user_agent)
{
	const char *system = NULL, *browser = NULL;

	for (size_t i = 0; i < COUNT(systems) && system == NULL; i++) {
		if (str_find(user_agent, str_from(systems[i].mark)) >= 0)
			system = systems[i].name;
	}
	for (size_t i = 0; i < COUNT(browsers) && browser == NULL; i++) {
		if (str_find(user_agent, str_from(browsers[i].mark)) >= 0)
			browser = browsers[i].name;
	}
	if (system == NULL && browser == NULL)
		return STR("?");
	return arena_printf(arena, "%s%s%s", system == NULL ? "" : system,
		system == NULL || browser == NULL ? "" : " · ", browser == NULL ? "" : browser);
}
