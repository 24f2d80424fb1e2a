-- wrk: Casso batches of 100 transfers per call, each with an id of its own.
local thread_count = 0
local next_id, account
local PER_CALL = 100

function setup(thread)
	thread:set("number", thread_count)
	thread_count = thread_count + 1
end

function init(args)
	account = args[1]
	wrk.method = "POST"
	wrk.headers["Content-Type"] = "application/json"
	wrk.headers["Secure-Token"] = args[2]
	next_id = (tonumber(args[3]) * 8 + number) * 100000000
end

function request()
	local rows = {}
	for i = 1, PER_CALL do
		next_id = next_id + 1
		rows[i] = string.format(
			'{"id":%d,"tid":"FT%d","description":"CK tien hang Ma GD ACSP/ II%d","amount":45000,' ..
			'"cusum_balance":0,"when":"2026-01-05 10:00:00","bank_sub_acc_id":"%s"}',
			next_id, next_id, next_id, account)
	end
	return wrk.format(nil, nil, nil, '{"error":0,"data":[' .. table.concat(rows, ",") .. "]}")
end

local bad = 0
function response(status)
	if status ~= 200 then bad = bad + 1 end
end

function done(summary, latency, requests)
	local errors = summary.errors
	io.write(string.format("RESULT rate=%.0f p50_ms=%.2f p99_ms=%.2f requests=%d bad=%d\n",
		summary.requests * PER_CALL / (summary.duration / 1e6), latency:percentile(50) / 1000,
		latency:percentile(99) / 1000, summary.requests,
		errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
