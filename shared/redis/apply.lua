-- One commit of one partition, all or nothing: everything is checked first and written last, because
-- a Redis script does not roll back. Answers {0} written, {1, memory} the command was carried out
-- before, {2} a revision differs, {3} the outbox is full, {4} this Redis has lost the partition,
-- {5, microseconds} the caller's clock is too far from Redis's, which says this.
-- KEYS: 1 alarms, 2 outbox, 3 the command's memory (or the outbox again when there is none), 4 the
--       mark that the first start left in the partition, then one key for each write, then one for
--       each index change. What is read of 3 and following is read in one go: calls cost.
-- ARGV: 1 number of writes, 2 of alarms, 3 of index changes, 4 of outbox entries, 5 outbox limit,
--       6 milliseconds to remember the command ("": there is none), 7 its memory, 8 the earliest and
--       9 the latest that Redis's clock may say in microseconds, 10 until when a standing alarm
--       counts as due ("": none is kept); then for each write expected revision and what is stored
--       with the next one ("": only check); for each alarm member, microseconds ("" removes it) and
--       the microseconds of the one that fired ("": none, "anew": a changed fact's); for each index
--       change member and "1" (add) or "0"; for each entry the number of its fields and values, then
--       these.
local call, tonumber = redis.call, tonumber
local writes, alarms, changes, entries =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local keep = ARGV[6] ~= ''
local found = call('MGET', unpack(KEYS, 3, 4 + writes))
if not found[2] then return {4} end
if keep and found[1] then return {1, found[1]} end
local time = call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
if now < tonumber(ARGV[8]) or now > tonumber(ARGV[9]) then return {5, now} end
local first = 11
local next = first
for i = 1, writes do
  local revision = found[2 + i] and string.match(found[2 + i], '^(%d+)\n') or '0'
  if revision ~= ARGV[next] then return {2} end
  next = next + 2
end
if entries > 0 and call('XLEN', KEYS[2]) + entries > tonumber(ARGV[5]) then return {3} end
local due_until = tonumber(ARGV[10])
local stands = {}
for i = 1, alarms do
  if due_until or ARGV[next + 2] == 'anew' then
    stands[i] = tonumber(call('ZSCORE', KEYS[1], ARGV[next]) or nil)
  end
  next = next + 3
end

next = first
for i = 1, writes do
  if ARGV[next + 1] ~= '' then call('SET', KEYS[4 + i], ARGV[next + 1]) end
  next = next + 2
end
for i = 1, alarms do
  local member, at, fired = ARGV[next], ARGV[next + 1], ARGV[next + 2]
  local due = stands[i]
  if fired == 'anew' then
    if due and due <= tonumber(at) then at = string.format('%.0f', due - 1) end
    call('ZADD', KEYS[1], at, member)
  elseif due and due <= due_until and due ~= tonumber(fired) and
      (at == '' or due < tonumber(at)) then
    -- A changed fact has set it meanwhile (see Commit::Alarm in store.h): it stays.
  elseif at == '' then
    call('ZREM', KEYS[1], member)
  else
    call('ZADD', KEYS[1], at, member)
  end
  next = next + 3
end
for i = 1, changes do
  local key = KEYS[4 + writes + i]
  if ARGV[next + 1] == '1' then
    call('ZADD', key, 0, ARGV[next])
  else
    call('ZREM', key, ARGV[next])
  end
  next = next + 2
end
for _ = 1, entries do
  local fields = tonumber(ARGV[next])
  call('XADD', KEYS[2], '*', unpack(ARGV, next + 1, next + fields))
  next = next + 1 + fields
end
if keep then call('SET', KEYS[3], ARGV[7], 'PX', ARGV[6]) end
return {0}
