#!/bin/sh
# Cards of a market in one file: how long, how much memory, how large; beside it the same command for
# one stall, which is what opening the store and the fonts costs.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Seconds and megabytes of a command: "1.23 s, 45 MB".
cost() {
	/usr/bin/time -f "%e %M" -o "$folder/cost" "$@" >"$folder/out" 2>"$folder/err" || { cat "$folder/err" >&2; exit 1; }
	awk '{printf "%.2f s, %d MB", $1, $2 / 1024}' "$folder/cost"
}
print() { cost "$CHOPAY" print "$@" -o "$folder/$size.pdf" --data "$folder/data"; }

"$CHOPAY" registry import merchants/data/ma-lam-market.csv --data "$folder/data" >/dev/null
size=one
echo "one card: $(print cards --stall A01)"
for size in A6 A4; do
	echo "cards of 334 stalls, $size: $(print cards --market MALAM --size $size), $(($(wc -c <"$folder/$size.pdf") / 1024)) KB"
done
size=list
echo "inspector's list of 334 stalls: $(print inspector --market MALAM), $(($(wc -c <"$folder/list.pdf") / 1024)) KB"
