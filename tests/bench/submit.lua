-- wrk's requests for P1: every one a new application of a new woman, with her own Idempotency-Key and identity number. Settings come from the environment:
-- BENCH_MARK (makes keys and numbers of this run unlike those of others), BENCH_PROVINCE (empty: all nine, as the sample women are spread).
local mark = assert(os.getenv("BENCH_MARK"), "BENCH_MARK is not set")
local only_province = os.getenv("BENCH_PROVINCE") or ""
local COOPERATIVE_EVERY = 31 -- the programme's own mix: 3,000 women and 300 / 3 cooperatives of about seven members

local GIVEN = {
  {"فاطمة الزهراء", "Fatima Zahra"}, {"خديجة", "Khadija"}, {"مريم", "Maryam"}, {"نجاة", "Najat"}, {"حليمة", "Halima"}, {"سعيدة", "Saida"}, {"زينب", "Zineb"},
  {"رشيدة", "Rachida"}, {"لطيفة", "Latifa"}, {"نعيمة", "Naima"}, {"سميرة", "Samira"}, {"حنان", "Hanane"}, {"إلهام", "Ilham"}, {"بشرى", "Bouchra"},
}
local FAMILY = {
  {"العلوي", "El Alaoui"}, {"بناني", "Bennani"}, {"التازي", "Tazi"}, {"الإدريسي", "El Idrissi"}, {"برادة", "Berrada"}, {"الزياني", "Ziani"},
  {"الوزاني", "Ouazzani"}, {"الفاسي", "El Fassi"}, {"المرابط", "El Mourabit"}, {"الصنهاجي", "Sanhaji"}, {"الحسني", "El Hassani"},
}
-- {province, commune, share in 1,000}
local PROVINCES = {
  {"MA-TAO", "Ghafsai", 250}, {"MA-FES", "Saiss", 220}, {"MA-MEK", "Toulal", 150}, {"MA-TAZ", "Oued Amlil", 120}, {"MA-SEF", "Bhalil", 80},
  {"MA-HAJ", "Agourai", 60}, {"MA-BOM", "Missour", 50}, {"MA-IFR", "Azrou", 40}, {"MA-MOU", "Skhinate", 30},
}
local STAGES = {"idea", "started", "established"}

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local count, head = 0, ""
function init()
  math.randomseed(tonumber(mark) * 31 + number)
  head = "POST /intake/v1/applications HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\nContent-Type: application/json\r\nIdempotency-Key: "
end

local function province()
  if only_province ~= "" then return {only_province, "Ghafsai"} end
  local at = math.random(1000)
  for _, row in ipairs(PROVINCES) do
    at = at - row[3]
    if at <= 0 then return row end
  end
  return PROVINCES[1]
end

-- Two letters and two digits of the run and thread, six digits of the count: never the same twice in a bench's database.
local serial = 0
local function woman()
  serial = serial + 1
  local run = tonumber(mark) * 4 + number
  local cnie = string.format("%c%c%02d%06d", 65 + math.floor(run / 26) % 26, 65 + run % 26, math.floor(run / 676) % 100, serial)
  local given, family = GIVEN[math.random(#GIVEN)], FAMILY[math.random(#FAMILY)]
  return string.format('"name":{"ar":"%s %s","latin":"%s %s"},"identity":{"type":"cnie","number":"%s"},"birth_date":"%d-%02d-%02d"', given[1], family[1],
                       given[2], family[2], cnie, math.random(1962, 2003), math.random(12), math.random(28))
end

local CONSENTS = '"consents":[{"purpose":"processing","version":"2026-1","given":true,"language":"ar"},' ..
                 '{"purpose":"partner-referral","version":"2026-1","given":true,"language":"ar"}]}'

local function project()
  local requested = 1000000 + 250000 * math.random(0, 24)
  return string.format('"project":{"title":"Huile d\'olive de Ghafsai","sector":"agrifood","stage":"%s","requested_centimes":%d,"own_contribution_centimes":%d,"jobs":%d}',
                       STAGES[math.random(3)], requested, requested / 100 * math.random(0, 19), math.random(4))
end

local function applicant(who)
  local place = province()
  return string.format('"applicant":{%s,"phone":"06%08d","address":{"province":"%s","commune":"%s","milieu":"%s"}}', who, math.random(0, 99999999), place[1], place[2],
                       math.random(10) > 4 and "rural" or "urban")
end

local function person()
  return string.format('{"call":"fes-meknes-2026","kind":"person",%s,%s,"situation":{"household_size":%d,"monthly_income_centimes":%d,"head_of_household":%s,' ..
                       '"disability":false,"rsu_index":%.2f,"auto_entrepreneur_number":null},%s', applicant(woman()), project(), math.random(9),
                       50000 + 10000 * math.random(0, 39), math.random(10) > 7 and "true" or "false", 8 + math.random(0, 399) / 100, CONSENTS)
end

local function cooperative()
  local president = woman()
  local members = {string.format('{%s,"phone":null,"role":"president"}', president)}
  for i = 2, 7 do members[i] = string.format('{%s,"phone":null,"role":"%s"}', woman(), i == 2 and "treasurer" or "member") end
  return string.format('{"call":"fes-meknes-2026","kind":"cooperative",%s,%s,"cooperative":{"name":{"ar":"تعاونية الأمل","latin":"Coopérative Al Amal"},' ..
                       '"ice":"001561191000066","members":[%s]},%s', applicant(president), project(), table.concat(members, ","), CONSENTS)
end

function request()
  count = count + 1
  local body = (only_province == "" and count % COOPERATIVE_EVERY == 0) and cooperative() or person()
  return string.format('%s"bench-%s-%d-%d"\r\nContent-Length: %d\r\n\r\n%s', head, mark, number, count, #body, body)
end

-- One JSON object on the last line, for the driver.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\n{"requests":%d,"duration_us":%d,"bytes":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d},' ..
                         '"latency_us":{"min":%d,"p50":%d,"p90":%d,"p99":%d,"max":%d}}\n', summary.requests, summary.duration, summary.bytes, errors.connect, errors.read,
                         errors.write, errors.status, errors.timeout, latency.min, latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max))
end
