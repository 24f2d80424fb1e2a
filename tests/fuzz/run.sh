#!/bin/sh
# Each fuzz target for so many seconds, from its kept corpus; a crash is kept in the corpus.
# usage: run.sh FOLDER SECONDS JOBS TARGET...    (from `make fuzz`)
set -eu
folder=$1 seconds=$2 jobs=$3
shift 3
export folder seconds
mkdir -p "$folder/found"
one() {
	corpus=tests/fuzz/corpus/$1
	mkdir -p "$folder/found/$1" "$corpus"
	if "$folder/$1" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=20000 -verbosity=0 \
		-print_final_stats=1 -artifact_prefix="$corpus/" "$folder/found/$1" "$corpus" 2>"$folder/$1.log"; then
		echo "fuzz $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$1.log") runs in $seconds s"
	else
		tail -n 30 "$folder/$1.log"
		echo "fuzz $1: FAILED; the input is in $corpus"
		return 255
	fi
}
if [ "$jobs" = one ]; then
	one "$1"
else
	printf '%s\n' "$@" | xargs -P "$jobs" -I TARGET sh "$0" "$folder" "$seconds" one TARGET
	echo "fuzz: no crash"
fi
