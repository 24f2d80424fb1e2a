-- wrk: one SePay delivery per request, each with an id of its own.  With the API key mode the
-- signature is a header that stays the same, so wrk's own work does not hide the gateway's.
local thread_count = 0
local next_id, account

function setup(thread)
	thread:set("number", thread_count)
	thread_count = thread_count + 1
end

function init(args)
	account = args[1]
	wrk.method = "POST"
	wrk.headers["Content-Type"] = "application/json"
	wrk.headers["Authorization"] = "Apikey " .. (args[2] or "none")
	-- ids never repeat: the run's start, the thread, a counter
	next_id = (tonumber(args[3]) * 8 + number) * 10000000
end

function request()
	next_id = next_id + 1
	return wrk.format(nil, nil, nil, string.format(
		'{"id":%d,"gateway":"MBBank","transactionDate":"2026-01-05 10:00:00","accountNumber":"%s",' ..
		'"subAccount":null,"code":null,"content":"CK tien hang Ma GD ACSP/ II%d","transferType":"in",' ..
		'"description":"BankAPINotify","transferAmount":45000,"referenceCode":"FT%d","accumulated":0}',
		next_id, account, next_id, next_id))
end

local bad = 0
function response(status)
	if status ~= 200 then bad = bad + 1 end
end

function done(summary, latency, requests)
	local errors = summary.errors
	io.write(string.format("RESULT rate=%.0f p50_ms=%.2f p99_ms=%.2f requests=%d bad=%d\n",
		summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000,
		latency:percentile(99) / 1000, summary.requests,
		errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
