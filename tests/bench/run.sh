#!/bin/sh
# Speed as ratios against something run beside it.  usage: run.sh (from `make bench`)
# Environment: CHOPAY the binary, BUILD its folder, BENCH_SECONDS (10), BENCH_CONNECTIONS (64).
set -eu
seconds=${BENCH_SECONDS:-10}
connections=${BENCH_CONNECTIONS:-64}
here=$(dirname "$0")
folder=$(mktemp -d)
gateway= nginx=
finish() {
	[ -z "$gateway" ] || kill "$gateway" 2>/dev/null || true
	[ -z "$nginx" ] || kill "$nginx" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT INT TERM

"$BUILD/bench/codes"

# ---- durable SePay deliveries beside nginx `return 200` for the same POST --------------------
key=bench-key-0123456789abcdef
printf %s "$key" > "$folder/secret"
"$CHOPAY" registry import merchants/data/ma-lam-market.csv --data "$folder/data" >/dev/null
cp -r "$folder/data" "$folder/plain"
cp -r "$folder/data" "$folder/large"
path=$("$CHOPAY" endpoint add --feed sepay --mode apikey --secret-file "$folder/secret" --data "$folder/data")
casso=$("$CHOPAY" endpoint add --feed casso_v1 --mode secure_token --secret-file "$folder/secret" --data "$folder/data")
account=$(sed -n 's/^MALAM,[^,]*,[^,]*,A04,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,\([^,]*\),.*/\1/p' merchants/data/ma-lam-market.csv)
# An account of its own: two feeds that tell an account of equal amounts in one second are another story.
casso_account=$(sed -n 's/^MALAM,[^,]*,[^,]*,A05,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,\([^,]*\),.*/\1/p' merchants/data/ma-lam-market.csv)

serve() { # DIR: starts the gateway on it, ready to answer at $url
	: > "$folder/ready"
	"$CHOPAY" serve --data "$1" --listen 127.0.0.1:0 > "$folder/ready" 2> "$folder/log" &
	gateway=$!
	i=0
	until grep -q '^ready ' "$folder/ready"; do
		i=$((i + 1)); [ "$i" -lt 12000 ] || { cat "$folder/log" >&2; exit 1; }
		sleep 0.01
	done
	url=$(sed -n 's/^ready //p' "$folder/ready")
}
serve "$folder/data"

port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
mkdir -p "$folder/nginx"
cat > "$folder/nginx.conf" <<EOF
daemon off; worker_processes 2; pid $folder/nginx/pid; error_log $folder/nginx/error.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 100000000; client_body_temp_path $folder/nginx/body;
proxy_temp_path $folder/nginx/p; fastcgi_temp_path $folder/nginx/f; uwsgi_temp_path $folder/nginx/u; scgi_temp_path $folder/nginx/s;
server { listen 127.0.0.1:$port; location / { return 200 '{"success":true}'; } } }
EOF
nginx -c "$folder/nginx.conf" -p "$folder" 2>/dev/null &
nginx=$!
sleep 1

load() { # url seconds start -> the RESULT line
	wrk -t2 -c"$connections" -d"$2s" -s "$here/deliveries.lua" "$1" -- "$account" "$key" "$3" | sed -n 's/^RESULT //p'
}
field() { echo "$1" | tr ' ' '\n' | sed -n "s/^$2=//p"; }

load "$url$path" 2 1 >/dev/null # warm-up
rates= ; nrates= ; ratios= ; p50s= ; p99s=
for round in 2 3 4; do
	ours=$(load "$url$path" "$seconds" "$round")
	theirs=$(load "http://127.0.0.1:$port/" "$seconds" "$round")
	[ "$(field "$ours" bad)" = 0 ] || { echo "bench: deliveries failed: $ours" >&2; exit 1; }
	rates="$rates $(field "$ours" rate)"; nrates="$nrates $(field "$theirs" rate)"
	p50s="$p50s $(field "$ours" p50_ms)"; p99s="$p99s $(field "$ours" p99_ms)"
	ratios="$ratios $(awk "BEGIN{printf \"%.4f\", $(field "$ours" rate)/$(field "$theirs" rate)}")"
done
median() { echo "$*" | tr ' ' '\n' | grep . | sort -g | awk '{v[NR]=$1} END{print v[int((NR+1)/2)]}'; }
echo "deliveries: durable SePay POSTs $(median $rates)/s, nginx return 200 $(median $nrates)/s, ratio $(median $ratios); p50 $(median $p50s) ms, p99 $(median $p99s) ms ($connections connections, $seconds s, medians of 3)"

# ---- Casso's batches of 100 beside SQLite's own rate for the same rows ------------------------
batches() { # seconds start -> the RESULT line
	wrk -t2 -c16 -d"$1s" -s "$here/casso.lua" "$url$casso" -- "$casso_account" "$key" "$2" | sed -n 's/^RESULT //p'
}
batches 2 1 >/dev/null
rates= ; srates= ; ratios= ; p99s=
for round in 2 3 4; do
	ours=$(batches "$seconds" "$round")
	rm -rf "$folder/own"; cp -r "$folder/plain" "$folder/own"
	own=$("$BUILD/bench/sqlite_inserts" "$folder/own" "$seconds")
	[ "$(field "$ours" bad)" = 0 ] || { echo "bench: batches failed: $ours" >&2; exit 1; }
	rates="$rates $(field "$ours" rate)"; srates="$srates $own"; p99s="$p99s $(field "$ours" p99_ms)"
	ratios="$ratios $(awk "BEGIN{printf \"%.4f\", $(field "$ours" rate)/$own}")"
done
echo "batches: Casso, 100 a call: $(median $rates) durable events/s, SQLite alone $(median $srates)/s, ratio $(median $ratios); p99 of a call $(median $p99s) ms (16 connections, $seconds s, medians of 3)"

# What was measured was real: every acknowledged delivery is one payment.
kill -TERM "$gateway"; wait "$gateway" || true; gateway=
"$CHOPAY" ledger verify --data "$folder/data" | sed 's/^/ledger: /' | sed -n '1p;$p'

# ---- the writer alone: messages of one credit, and of 100 ----------------------------------------
rm -rf "$folder/own"; cp -r "$folder/plain" "$folder/own"
"$BUILD/bench/credits" "$folder/own" 25600 1
"$BUILD/bench/credits" "$folder/own" 256 100 1000

# ---- a million stalls, charges and payments -----------------------------------------------------
million=${BENCH_ROWS:-1000000}
"$BUILD/bench/big_store" "$folder/plain" 1000
"$BUILD/bench/big_store" "$folder/large" "$million"
"$BUILD/bench/notes" "$folder/plain" "1000 stalls and open charges"
"$BUILD/bench/notes" "$folder/large" "$million stalls and open charges"

# Reopened after a SIGKILL with work in its log, beside the small store.
reopen() { # DIR -> milliseconds to ready, median of 3
	times=
	for round in 1 2 3; do
		serve "$1"
		batch_path=$("$CHOPAY" endpoint add --feed casso_v1 --mode secure_token --secret-file "$folder/secret" --data "$1")
		wrk -t1 -c4 -d1s -s "$here/casso.lua" "$url$batch_path" -- "$account" "$key" "2$round" >/dev/null
		kill -KILL "$gateway"; wait "$gateway" 2>/dev/null || true
		start=$(date +%s%N)
		serve "$1"
		times="$times $((($(date +%s%N) - start) / 1000000))"
		kill -KILL "$gateway"; wait "$gateway" 2>/dev/null || true; gateway=
	done
	median $times
}
small=$(reopen "$folder/plain"); large=$(reopen "$folder/large")
echo "reopen after SIGKILL: $large ms with $million payments, $small ms with 1000 (to the ready line, medians of 3)"
