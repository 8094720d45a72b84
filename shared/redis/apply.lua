-- One commit of one partition, all or nothing: everything is checked first and written last, because
-- a Redis script does not roll back. Answers {0} written, {1, memory} the command was carried out
-- before, {2} a revision differs, {3} the outbox is full, {4} this Redis has lost the partition,
-- {5, microseconds} so far is the caller's clock ahead of Redis's.
-- KEYS: 1 alarms, 2 outbox, 3 the command's memory (or the outbox again when there is none), 4 the
--       mark that the first start left in the partition, then one key for each write, then one for
--       each index change. What is read of 3 and following is read in one go: calls cost.
-- ARGV: 1 number of writes, 2 of outbox entries, 3 of alarms, 4 of index changes, 5 outbox limit,
--       6 milliseconds to remember the command (0: there is none), 7 its memory, 8 the caller's
--       clock in microseconds, how far it may be 9 ahead and 10 behind, 11 until when a standing
--       alarm counts as due ("": none is kept); then for each write expected revision, "1" or "0"
--       (only check), bytes; for each entry the number of its fields and values, then these; for
--       each alarm member, microseconds ("" removes it) and the microseconds of the one that fired
--       ("": none, "anew": a changed fact's); for each index change member and "1" (add) or "0".
local writes, entries, alarms, changes =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local keep = tonumber(ARGV[6])
local found = redis.call('MGET', unpack(KEYS, 3, 4 + writes))
if not found[2] then return {4} end
if keep > 0 and found[1] then return {1, found[1]} end
local time = redis.call('TIME')
local ahead = tonumber(ARGV[8]) - tonumber(time[1]) * 1000000 - tonumber(time[2])
if ahead > tonumber(ARGV[9]) or -ahead > tonumber(ARGV[10]) then return {5, ahead} end
local first = 12
for i = 1, writes do
  local revision = found[2 + i] and string.match(found[2 + i], '^(%d+)\n') or '0'
  if revision ~= ARGV[first + 3 * (i - 1)] then return {2} end
end
if entries > 0 and redis.call('XLEN', KEYS[2]) + entries > tonumber(ARGV[5]) then return {3} end
local next = first + 3 * writes
for _ = 1, entries do next = next + 1 + tonumber(ARGV[next]) end
local due_until = tonumber(ARGV[11])
local stands = {}
for i = 1, alarms do
  if due_until or ARGV[next + 2] == 'anew' then
    stands[i] = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[next]) or nil)
  end
  next = next + 3
end

next = first
for i = 1, writes do
  if ARGV[next + 1] == '1' then
    local revision = string.format('%.0f', tonumber(ARGV[next]) + 1)
    redis.call('SET', KEYS[4 + i], revision .. '\n' .. ARGV[next + 2])
  end
  next = next + 3
end
for _ = 1, entries do
  local fields = tonumber(ARGV[next])
  redis.call('XADD', KEYS[2], '*', unpack(ARGV, next + 1, next + fields))
  next = next + 1 + fields
end
for i = 1, alarms do
  local member, at, fired = ARGV[next], ARGV[next + 1], ARGV[next + 2]
  local due = stands[i]
  if fired == 'anew' then
    if due and due <= tonumber(at) then at = string.format('%.0f', due - 1) end
    redis.call('ZADD', KEYS[1], at, member)
  elseif due and due <= due_until and due ~= tonumber(fired) and
      (at == '' or due < tonumber(at)) then
    -- A changed fact has set it meanwhile (see Commit::Alarm in store.h): it stays.
  elseif at == '' then
    redis.call('ZREM', KEYS[1], member)
  else
    redis.call('ZADD', KEYS[1], at, member)
  end
  next = next + 3
end
for i = 1, changes do
  local key = KEYS[4 + writes + i]
  if ARGV[next + 1] == '1' then
    redis.call('ZADD', key, 0, ARGV[next])
  else
    redis.call('ZREM', key, ARGV[next])
  end
  next = next + 2
end
if keep > 0 then redis.call('SET', KEYS[3], ARGV[7], 'PX', ARGV[6]) end
return {0}
