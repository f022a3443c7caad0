-- wrk … -s load.lua URL -- MODE FILE SEED
-- fixed: the URL itself. random: paths of FILE at random. post: bodies of FILE at random. upload: one file.
-- unique: paths of FILE in turn, each with a min_price that no other request of the run has.

local modes = {}

-- Every line is somebody else's request: a server with limits in force counts them apart.
local function address(i)
  return string.format("10.%d.%d.%d", math.floor(i / 65536) % 256, math.floor(i / 256) % 256, i % 256)
end

local function randomly(requests)
  request = function() return requests[math.random(#requests)] end
end

function modes.fixed() end

function modes.random(lines)
  for i, path in ipairs(lines) do lines[i] = wrk.format("GET", path, { ["X-Forwarded-For"] = address(i) }) end
  randomly(lines)
end

function modes.post(lines)
  for i, body in ipairs(lines) do
    local headers = { ["Content-Type"] = "application/json", ["X-Forwarded-For"] = address(i) }
    lines[i] = wrk.format("POST", nil, headers, body)
  end
  randomly(lines)
end

-- FILE: the body's file, its type, a token, and then paths at random.
function modes.upload(lines)
  local body = assert(io.open(lines[1], "rb")):read("*a")
  local headers = { ["Content-Type"] = lines[2], ["Authorization"] = lines[3] }
  local requests = {}
  for i = 4, #lines do requests[i - 3] = lines[i] end
  request = function() return wrk.format("POST", requests[math.random(#requests)], headers, body) end
end

function modes.unique(lines, seed)
  local centimes = seed
  request = function()
    centimes = centimes + 1
    local headers = { ["X-Forwarded-For"] = address(centimes % #lines) }
    return wrk.format("GET", string.format("%s&min_price=%.2f", lines[centimes % #lines + 1], centimes / 100), headers)
  end
end

function init(args)
  local mode, file, seed = args[1], args[2], tonumber(args[3])
  local lines = {}
  if file then for line in io.lines(file) do lines[#lines + 1] = line end end
  math.randomseed(seed or 0)
  modes[mode](lines, seed)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
