-- wrk: GET of addresses drawn from a file (BENCH_PATHS): a line each, path and Authorization between tabs. Any answer but 200 is an error.
local rows = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do
  local path, authorization = line:match("^([^\t]+)\t(.+)$")
  rows[#rows + 1] = wrk.format and {path, authorization}
end

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  math.randomseed(4711 + number)
  for i, row in ipairs(rows) do rows[i] = wrk.format("GET", row[1], {Authorization = row[2], Host = wrk.headers["Host"]}) end
end

function request()
  return rows[math.random(#rows)]
end

-- One JSON object on the last line, for the driver.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\n{"requests":%d,"duration_us":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d},' ..
                         '"latency_us":{"min":%d,"p50":%d,"p90":%d,"p99":%d,"max":%d}}\n', summary.requests, summary.duration, errors.connect, errors.read, errors.write,
                         errors.status, errors.timeout, latency.min, latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max))
end
