#!/bin/sh
# Who may include whom (DESIGN section 8): each folder only itself and folders of a lower rank,
# private headers only beside their .c, and each library only in its rows.
# usage: includes.sh [FOLDER]   (the tree to check; default: this project)
set -eu
cd "${1:-.}"

find gateway merchants include -name '*.c' -o -name '*.h' | LC_ALL=C sort | xargs awk '
BEGIN {
	split("base 0 crypt 1 vietqr 1 pay 1 paper 1 feeds 2 http 2 store 2 books 3 merchants 3 report 3 " \
		"web 2 notify 4 api 4 simulate 4 app 5 cli 6 main 7", w, " ")
	for (i = 1; i in w; i += 2) rank[w[i]] = w[i + 1]
	# Each contract header belongs to the folder that implements it.
	owner_list = "base: err str arena money clock log json queue fold person csv asset words version gzip; crypt: crypt; " \
		"vietqr: picture; paper: typeface pen plain; pay: reference match charge receipt candidate identity cai adoption period figure " \
		"lunar market_days tally suppress service_points silence; " \
		"feeds: feeds fixture listing statement; http: http; " \
		"store: store store_copy stalls charges transfers payments suspense reconciliations pulls writers receivers keys distribution receipts inspections registers public_service adoption_rows report_rows revenue_rows dossiers minted snapshots alarms register_files people claims; " \
		"report: report report_order report_difference report_places report_screen revenue signup; books: books charge_commands adoption_commands suspense_commands receiver_commands report_commands code_check inspect watching; merchants: registry registry_files banks compose cards quick_picture; api: api; app: app; " \
		"simulate: simulate history; notify: notify"
	n = split(owner_list, parts, "; ")
	for (i = 1; i <= n; i++) {
		split(parts[i], kv, ": ")
		m = split(kv[2], headers, " ")
		for (j = 1; j <= m; j++) owner["chopay/" headers[j] ".h"] = kv[1]
	}
	owner["vietqr.h"] = "vietqr"
	# Libraries and the only places for them.
	rows["sqlite3.h"] = "^gateway/store/sqlite\\.c$"
	rows["libpq-fe.h"] = "^gateway/store/postgres(_[a-z]+)?\\.[ch]$"
	rows["openssl/"] = "^gateway/(crypt/.*|http/tls\\.[ch])$"
	rows["qrencode.h"] = "^gateway/vietqr/picture\\.c$"
	rows["png.h"] = "^gateway/vietqr/picture\\.c$"
	rows["event2/"] = "^gateway/(http|notify|app)/"
	rows["curl/"] = "^gateway/(simulate|cli|notify)/"
	rows["zlib.h"] = "^gateway/base/gzip\\.c$"
	rows["utf8proc.h"] = "^gateway/base/fold\\.c$"
	rows["expat.h"] = "^gateway/feeds/statement_xml\\.c$"
	rows["zip.h"] = "^gateway/(feeds/statement_xlsx|report/docx(_[a-z]+)?)\\.c$"
	rows["xlsxwriter.h"] = "^gateway/report/[a-z_]*xlsx(_[a-z]+)?\\.[ch]$"
	rows["cairo"] = "^(gateway/(paper|report)/[a-z_]*\\.[ch]|include/chopay/pen\\.h|merchants/[a-z_]*\\.[ch])$"
	rows["pango/"] = "^(gateway/(paper|report)/[a-z_]*\\.[ch]|include/chopay/typeface\\.h)$"
	rows["fontconfig/"] = "^gateway/paper/typeface\\.c$"
	rows["ini.h"] = "^gateway/app/config\\.c$"
}
function complain(text) {
	printf "%s:%d: %s\n", FILENAME, FNR, text
	bad = 1
}
FNR == 1 {
	count = split(FILENAME, path, "/")
	folder = path[1] == "merchants" ? "merchants" : (count == 2 ? "main" : path[2])
	if (path[1] == "include") { # a contract header obeys the row of its folder
		name = FILENAME
		sub("^include/", "", name)
		folder = owner[name]
	}
	if (!(folder in rank)) complain("the folder \"" folder "\" has no row in the include table")
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, q, "\"")
	header = q[2]
	if (header in owner) {
		to = owner[header]
		if (to != folder && rank[to] >= rank[folder])
			complain(folder " may not include " header " (of " to ")")
	} else if (header ~ /^chopay\//) {
		complain(header " has no owner in the include table")
	} else if (header ~ /\// && !(folder == "main" && header == "cli/cli.h")) {
		complain("a private header of another folder: " header)
	}
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, a, "<"); split(a[2], b, ">")
	for (library in rows)
		if (index(b[1], library) == 1 && FILENAME !~ rows[library])
			complain("<" b[1] "> is not for this file")
}
END { exit bad }
'
# Two people may have taken the same number for their schema steps: only one of the two would run.
twice=$(ls gateway/store/schema | cut -c1-4 | uniq -d)
[ -z "$twice" ] || { echo "gateway/store/schema: two steps have the number $twice" >&2; exit 1; }
echo "includes: the table of who may include whom holds"
