-- One commit of one partition, all or nothing: everything is checked first and written last, because
-- a Redis script does not roll back. Answers {0} written, {1, memory} the command was carried out
-- before, {2} a revision differs, {3} the outbox is full.
-- KEYS: 1 alarms, 2 outbox, 3 the command's memory (or the outbox again when there is none),
--       then one key for each write, then one for each index change.
-- ARGV: 1 number of writes, 2 of outbox entries, 3 of alarms, 4 of index changes, 5 outbox limit,
--       6 milliseconds to remember the command (0: there is none), 7 its memory; then for each write
--       expected revision, "1" or "0" (only check), bytes; for each entry the number of its fields
--       and values, then these; for each alarm member and microseconds ("" removes it); for each
--       index change member and "1" (add) or "0".
local writes, entries, alarms, changes =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local keep = tonumber(ARGV[6])
if keep > 0 then
  local memory = redis.call('GET', KEYS[3])
  if memory then return {1, memory} end
end
for i = 1, writes do
  local head = redis.call('GETRANGE', KEYS[3 + i], 0, 20)
  local revision = string.match(head, '^(%d+)\n') or '0'
  if revision ~= ARGV[8 + 3 * (i - 1)] then return {2} end
end
if entries > 0 and redis.call('XLEN', KEYS[2]) + entries > tonumber(ARGV[5]) then return {3} end

local next = 8
for i = 1, writes do
  if ARGV[next + 1] == '1' then
    local revision = string.format('%.0f', tonumber(ARGV[next]) + 1)
    redis.call('SET', KEYS[3 + i], revision .. '\n' .. ARGV[next + 2])
  end
  next = next + 3
end
for _ = 1, entries do
  local fields = tonumber(ARGV[next])
  redis.call('XADD', KEYS[2], '*', unpack(ARGV, next + 1, next + fields))
  next = next + 1 + fields
end
for _ = 1, alarms do
  if ARGV[next + 1] == '' then
    redis.call('ZREM', KEYS[1], ARGV[next])
  else
    redis.call('ZADD', KEYS[1], ARGV[next + 1], ARGV[next])
  end
  next = next + 2
end
for i = 1, changes do
  local key = KEYS[3 + writes + i]
  if ARGV[next + 1] == '1' then
    redis.call('ZADD', key, 0, ARGV[next])
  else
    redis.call('ZREM', key, ARGV[next])
  end
  next = next + 2
end
if keep > 0 then redis.call('SET', KEYS[3], ARGV[7], 'PX', ARGV[6]) end
return {0}
