#!/bin/sh
# Several tests at a time, each one's words together when it ends.
# usage: side-by-side.sh N COMMAND... -- ITEM...    runs COMMAND ITEM for each, N at a time
# Exit: 0 when all passed; the last line names those that did not.
set -u
jobs=$1
shift
command=
while [ "$1" != -- ]; do
	command="$command $1"
	shift
done
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '%s\n' "$@" | COMMAND=$command FOLDER=$folder xargs -P "$jobs" -I{} sh -c '
	log="$FOLDER/$(echo "$1" | tr / _)"
	began=$(date +%s)
	$COMMAND "$1" >"$log" 2>&1 || echo "$1" >>"$FOLDER/.failed"
	{ echo "-- $1: $(($(date +%s) - began)) s"; cat "$log"; }' sh {}
if [ -s "$folder/.failed" ]; then
	echo "failed: $(tr '\n' ' ' <"$folder/.failed")" >&2
	exit 1
fi
