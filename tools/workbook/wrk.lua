-- Writes a line for each number of a run of wrk: its name, and the number. Times are microseconds.
-- WRK_REPORT names the file: each thread has its own arguments, but this function belongs to none.
-- Source: the file SCRIPTING of wrk, github.com/wg/wrk.
function done(summary, latency)
  local file = assert(io.open(os.getenv("WRK_REPORT"), "w"))
  file:write("requests ", summary.requests, "\nduration ", summary.duration, "\n")
  for kind, count in pairs(summary.errors) do
    file:write(kind, " ", count, "\n")
  end
  for name, share in pairs({p50 = 50, p90 = 90, p99 = 99}) do
    file:write(name, " ", latency:percentile(share), "\n")
  end
  file:write("max ", latency.max, "\n")
  file:close()
end
