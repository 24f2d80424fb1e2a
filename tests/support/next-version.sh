#!/bin/sh
# The assets of a next version: those of a build, and schema steps behind its last one.
# usage: next-version.sh ASSETS.S FOLDER STEP.sql...   (writes FOLDER/assets.S)
# In a step, @N-1@ is the number of the step before it.
set -eu
assets=$1
folder=$2
shift 2
last=$(sed -n 's|.*"gateway/store/schema/0*\([1-9][0-9]*\)-.*|\1|p' "$assets" | sort -n | tail -n 1)
data= rows=
for step; do
	number=$((last + 1))
	path=$(printf 'gateway/store/schema/%04d-%s' $number "$(basename "$step")")
	sed "s/@N-1@/$last/g" "$step" > "$folder/$number.sql"
	data="$data$(printf 'next_n%s: .asciz "%s"\\n\\t.balign 16\\nnext_d%s: .incbin "%s"\\nnext_e%s: .byte 0' \
		$number "$path" $number "$folder/$number.sql" $number)\\n"
	rows="$rows$(printf '\\t.quad next_n%s, next_d%s, next_e%s - next_d%s' $number $number $number $number)\\n"
	last=$number
done
awk -v data="$data" -v rows="$rows" '
	/\.section \.data\.rel\.ro/ { printf "%s", data }
	/\.quad 0, 0, 0/ { printf "%s", rows }
	{ print }
' "$assets" > "$folder/assets.S"
