#!/bin/sh
# Reports of a province: how long, how much memory, and that neither grows with history.
# BENCH_PAYMENTS: payments of the full path (1000000; 10000000 takes about three quarters of an hour, and 11 GB of disk).
set -eu
payments=${BENCH_PAYMENTS:-1000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Seconds and megabytes of a command: "1.23 s, 45 MB".
cost() {
	/usr/bin/time -f "%e %M" -o "$folder/cost" "$@" >"$folder/out" 2>"$folder/err" || { cat "$folder/err" >&2; exit 1; }
	awk '{printf "%.2f s, %d MB", $1, $2 / 1024}' "$folder/cost"
}
adoption() { cost "$CHOPAY" report "$@" --data "$folder/data"; }

# ---- cells alone: 250 markets, 28,700 stalls --------------------------------------------------------
for months in 1 13; do
	mkdir "$folder/cells"
	"$BUILD/bench/adoption_cells" "$folder/cells" $months
	rm -rf "$folder/cells"
done

# ---- the full path: every payment booked, folded, reported -----------------------------------------
echo "history: $payments payments of 12 months, booked as Casso tells them: $(cost "$CHOPAY" simulate --history --data "$folder/data" --payments "$payments" --until 2026-10-31)"
echo "first report, with the fold of every payment: $(adoption adoption --unit 68 --period 2026)"
echo "report of a commune's month: $(adoption adoption --unit 90001 --period 2026-10)"
echo "report of the province's month: $(adoption adoption --unit 68 --period 2026-10)"
echo "ranking of 124 communes: $(adoption rank --level commune --unit 68 --period 2026-10)"
echo "work list of all stalls as xlsx: $(adoption work --unit 68 --period 2026-10 --format xlsx -o "$folder/work.xlsx")"
echo "ledger verify, with a full recomputation of the index: $(cost "$CHOPAY" ledger verify --data "$folder/data")"
