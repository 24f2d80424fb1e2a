/* What a new store holds: the State's units and what became of them, the network's banks. */
#include "chopay/asset.h"
#include "chopay/csv.h"
#include "chopay/registers.h"
#include "chopay/registry.h"

static struct err
optional_day(struct str text, int32_t absent, int32_t *day)
{
	*day = absent;
	return text.len == 0 ? OK : day_parse(text, day);
}

static struct err
seed_units(struct db *db, struct arena *arena)
{
	struct str fields[CSV_FIELDS_MAX];
	struct unit unit;
	struct csv csv;
	struct err err;
	size_t count;

	csv_init(&csv, asset_find("merchants/data/units.csv"));
	TRY(csv_next(&csv, arena, fields, &count)); /* the header */
	while ((err = csv_next(&csv, arena, fields, &count)).code == ERR_OK) {
		if (count != 6)
			return FAIL(ERR_BROKEN, "merchants/data/units.csv: a row without 6 fields");
		unit = (struct unit){fields[0], fields[1], fields[2], fields[3], 0, 0};
		TRY(optional_day(fields[4], DAY_FIRST, &unit.from_day));
		TRY(optional_day(fields[5], DAY_LAST, &unit.to_day));
		TRY(units_put(db, &unit));
	}
	return err.code == ERR_NOT_FOUND ? OK : err;
}

static struct err
seed_lineage(struct db *db, struct arena *arena)
{
	struct str fields[CSV_FIELDS_MAX];
	struct lineage lineage;
	struct csv csv;
	struct err err;
	size_t count;

	csv_init(&csv, asset_find("merchants/data/unit-lineage.csv"));
	TRY(csv_next(&csv, arena, fields, &count)); /* the header */
	while ((err = csv_next(&csv, arena, fields, &count)).code == ERR_OK) {
		if (count != 4)
			return FAIL(ERR_BROKEN,
				"merchants/data/unit-lineage.csv: a row without 4 fields");
		lineage = (struct lineage){
			fields[0], fields[1], 0, str_eq(fields[3], STR("whole"))};
		TRY(day_parse(fields[2], &lineage.day));
		TRY(lineage_put(db, &lineage));
	}
	return err.code == ERR_NOT_FOUND ? OK : err;
}

struct err
registry_seed(struct db *db, struct arena *arena, const struct banks *banks)
{
	for (size_t i = 0; i < banks_count(banks); i++) {
		const struct bank *bank = banks_at(banks, i);

		TRY(banks_put(db, bank->bin, bank->code, bank->short_name, bank->name_vi));
	}
	TRY(seed_units(db, arena));
	return seed_lineage(db, arena);
}
