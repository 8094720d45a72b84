-- Keeps the last event received of source aggregates of one partition; never an earlier one than is
-- kept already.
-- KEYS: for each aggregate the hash that it lies in. ARGV: for each aggregate its field, the version
--       and what is kept ("<version>:<digest>").
for i = 1, #KEYS do
  local kept = redis.call('HGET', KEYS[i], ARGV[3 * i - 2])
  local version = kept and tonumber(string.match(kept, '^%d+')) or 0
  if tonumber(ARGV[3 * i - 1]) > version then
    redis.call('HSET', KEYS[i], ARGV[3 * i - 2], ARGV[3 * i])
  end
end
return 0
