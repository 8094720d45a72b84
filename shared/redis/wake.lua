-- One page of what a changed fact wakes: the alarm of each listed member becomes due at an instant.
-- One that is due already becomes a microsecond earlier: whoever answers it at this moment, without
-- the new fact, cannot take it away then. Answers the last member of a full page, or "".
-- KEYS: 1 alarms, 2 the list, 3 the list of those at rest (the first list again when there is none).
-- ARGV: 1 what stands before a member's id in its alarm, 2 microseconds, 3 where the page begins (as
--       ZRANGEBYLEX has it), 4 the most members, 5 "1" when there is a list of those at rest.
local page = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[3], '+', 'LIMIT', 0, ARGV[4])
local at = tonumber(ARGV[2])
for _, member in ipairs(page) do
  local alarm = ARGV[1] .. member
  local stands = tonumber(redis.call('ZSCORE', KEYS[1], alarm) or nil)
  local sleeps = ARGV[5] == '1' and not stands and redis.call('ZSCORE', KEYS[3], member)
  if not sleeps then
    local due = at
    if stands and stands <= at then due = stands - 1 end
    redis.call('ZADD', KEYS[1], string.format('%.0f', due), alarm)
  end
end
if #page == tonumber(ARGV[4]) then return page[#page] end
return ''
