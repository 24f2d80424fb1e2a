#!/bin/sh
# What people read stands in the catalogues (gateway/web/words.tsv, gateway/report/catalogue.c): no
# Vietnamese letter in a string of C, nor in a template or script, but in the files below.
# "đ" and "đồng" alone are the money's unit, and may stand everywhere.
# usage: texts.sh [FOLDER]   (the tree to check; default: this project)
set -eu
cd "${1:-.}"

find gateway merchants include -name node_modules -prune -o \
	\( -name '*.c' -o -name '*.h' -o -name '*.html' -o -name '*.js' \) -type f -print |
	LC_ALL=C sort | LC_ALL=C xargs awk '
BEGIN {
	# the second catalogue; forms whose words a law gives
	may["gateway/report/catalogue.c"]
	may["gateway/report/revenue_form.c"]
	may["gateway/report/revenue_form.h"]
	may["gateway/report/docx_styles.c"] # names of styles, as an office knows them
	# numbers, periods and classes, in both languages: below the catalogues
	may["gateway/pay/figure.c"]
	may["gateway/pay/period.c"]
	may["gateway/pay/cai.c"]
	# words that are looked for in data, or are data
	may["gateway/report/words.c"] # kinds of units
	may["gateway/report/world.c"]
	may["gateway/feeds/statement_values.c"]
	may["gateway/simulate/history_register.c"]
	may["gateway/api/device.c"] # the name of a browser
	may["merchants/register_fields.c"]
	may["merchants/registers.c"] # an example of a row
	may["gateway/web/stall/voice.js"] # names of clips

	string = "^\"(\\\\.|[^\"\\\\])*\""
	character = "^\047(\\\\.|[^\047\\\\])*\047"
	letter = "\303[\200-\226\230-\266\270-\277]|\304[\202\203\220\221\250\251]|\305[\250\251]" \
		"|\306[\240\241\257\260]|\341\272[\240-\277]|\341\273[\200-\277]"
}
# The strings of a line of C, one after the other; comments and characters are passed over.
function strings(line,    said, at) {
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (at == 0) return said
			line = substr(line, at + 2)
			in_comment = 0
		} else if (!match(line, /"|\/\*|\/\/|\047/)) {
			return said
		} else {
			at = substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART)
			if (at == "//") return said
			if (at == "/*") {
				in_comment = 1
				line = substr(line, 3)
			} else if (match(line, at == "\"" ? string : character)) {
				if (at == "\"") said = said " " substr(line, 1, RLENGTH)
				line = substr(line, RLENGTH + 1)
			} else {
				line = substr(line, 2)
			}
		}
	}
	return said
}
# A line of a template or a script without its comment.
function text(line) {
	sub(/^[ \t]*(\/\/|\*|\/\*).*/, "", line)
	sub(/(^|[ \t])\/\/ .*/, "", line)
	return line
}
FNR == 1 { in_comment = 0; seen[FILENAME]; checked++ }
{
	if (/\.example = /) next # a row of a register: data
	if (FILENAME ~ /^gateway\/cli\//) next # what a command prints stands in its one place
	said = FILENAME ~ /\.[ch]$/ ? strings($0) : text($0)
	if (said !~ letter) next
	gsub(/\304\221(\341\273\223ng)?/, "&\n", said) # the unit ends a word:
	gsub(/\304\221(\341\273\223ng)?\n([^A-Za-z\200-\377]|$)/, " ", said)
	if (said !~ letter) next
	if (FILENAME in may) { used[FILENAME]; next }
	printf "%s:%d: a text for people outside the catalogues: add it to gateway/web/words.tsv\n  %s\n", FILENAME, FNR, $0
	bad = 1
}
END {
	for (file in may)
		if (!(file in used)) { print "tests/support/texts.sh: " file " needs no place in the list any more"; bad = 1 }
	if (checked < 100) { print "texts.sh found too few files to be believed"; bad = 1 }
	if (!bad) printf "texts: %d files, nothing said outside the catalogues\n", checked
	exit bad
}'
