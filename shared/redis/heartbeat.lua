-- Says that a replica lives, or that it goes, and answers the names of all that live.
-- KEYS: 1 names by the milliseconds of Redis's clock at which they were last said.
-- ARGV: 1 the replica's name, 2 milliseconds that a name counts for, 3 "1" it lives or "0" it goes.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
for _, name in ipairs(gone) do redis.call('ZREM', KEYS[1], name) end
if ARGV[3] == '1' then
  redis.call('ZADD', KEYS[1], now, ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf')
