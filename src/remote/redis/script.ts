/**
 * The queues in Redis: what `memory.ts` does with sets and maps, in one script, which Redis runs as a whole. Its first
 * argument says what to do; whatever follows from it is done with it, for other processes too, which are told by `PUBLISH`.
 *
 * The keys of a queue begin with its name; `seq` is a number that rises.
 *
 * - the name itself: a hash with the options, the `epoch` that tells this queue from a later one of that name, the cursor
 *   `c4` of each priority's stream, the tokens of the rate, and who sees to what is due next (`duty`, `dutyAt`)
 * - `:s4`, a stream for each priority: what is behind its cursor is ready, what is before it is leased
 * - `:l`, by the end of the lease: the leased, each under its tag, which is its priority and its id in the stream. Whatever
 *   becomes ready again is appended, so a tag names one lease, and a late ack finds nothing
 * - `:d`, by the time they are due: the delayed, as `seq` and record
 * - `:a`, how many of a key are ready, leased or waiting for another attempt; `:k:KEY`, the records parked behind them
 * - `:q`, by `seq`, the processes that want something, and `:n`, how many messages each wants
 * - `:w`, by `seq`, the tickets in line for room, and `:r`, by the end of it, those that have got some
 * - `:u`, by the end of the window, ids that a program chose; `:x`, a stream of dead letters
 * - `:o:PROCESS LINE`, the number and the answer of the last command of a line, for an hour
 *
 * A record is a line of attempts made, time of the send, time of expiry, priority and whether it counts for its key, a line
 * with the id, a line with the key, and the body.
 *
 * A process is named by the channel it listens on. If none listens there, it is gone, and the next in line is served: a
 * message is leased after it was published, which is one step for all others. What this process itself is to be told comes
 * with its answer.
 *
 * Rejected: consumer groups, whose list of what is pending is what `:l` is, with two trees for each message and without an
 * end of one's own for each lease; a script for each command, which share most of it.
 */
import { ROOM_KEPT } from "../transport.ts";

export const SCRIPT: string = `
local name, op, me, epoch, arg = KEYS[1], ARGV[1], ARGV[2], ARGV[3], cmsgpack.unpack(ARGV[4])
local call, pack = redis.call, cmsgpack.pack
local leased, delayed, keys, parked = name .. ':l', name .. ':d', name .. ':a', name .. ':k:'
local line, wants, tickets, rooms = name .. ':q', name .. ':n', name .. ':w', name .. ':r'
local ids, dead = name .. ':u', name .. ':x'
local clock = call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local told, again = {}, false

local function whole(n) return string.format('%.0f', n) end
local function get(field) return call('HGET', name, field) end
local function set(field, value) return call('HSET', name, field, value) end
local function nextNumber(field) return call('HINCRBY', name, field, 1) end

local function tell(process, ...)
  if process == me then told[#told + 1] = {...} return true end
  return call('PUBLISH', process, pack({name, {...}})) > 0
end

local function answer(value) return pack({value, told}) end

local function once(of, number, act)
  local key = name .. ':o:' .. me .. of
  local last = call('GET', key)
  if last then
    local n, was = string.match(last, '^(%d+) (.*)$')
    if tonumber(n) == number then return was end
    if tonumber(n) > number then return false end
  end
  local is = act()
  call('SET', key, whole(number) .. ' ' .. is, 'PX', 3600000)
  return is
end

if op == 'open' then
  local spec = arg.spec
  if call('HSETNX', name, 'epoch', arg.epoch) == 1 or arg.reconfigure then
    set('spec', spec)
    for field, value in pairs(cjson.decode(spec)) do
      if type(value) == 'number' then set(field, value) elseif value == cjson.null then call('HDEL', name, field) end
    end
  end
  return answer({get('epoch'), get('spec')})
end

local has = call('HMGET', name, 'epoch', 'closed', 'capacity', 'lease', 'attempts', 'perSecond', 'burst', 'concurrency',
  'perKey', 'keepDead', 'idWindow', 'streams', 'large')
local closed, capacity, lease, attempts = has[2], tonumber(has[3]), tonumber(has[4]) or 1e15, tonumber(has[5]) or math.huge
local perSecond, burst, concurrency = tonumber(has[6]), tonumber(has[7]), tonumber(has[8])
local perKey, keepDead, idWindow = tonumber(has[9]) or math.huge, tonumber(has[10]) or 1e15, tonumber(has[11]) or 1e15
local streams, large = has[12] or '', has[13]

if op == 'forget' then
  for _, of in ipairs({'push', 'settle', 'ask'}) do call('DEL', name .. ':o:' .. me .. of) end
end

if has[1] ~= epoch then
  if op == 'ask' and arg.kind == 'drop' and call('GET', name .. ':o:' .. me .. 'ask') then return answer('1') end
  return answer(0)
end

-- Records.

local function read(record)
  local attempt, sent, expires, priority, active, at = string.match(record, '^(%d+) (%d+) (%d+) (%d) (%d)\\n()')
  local id, key = string.match(record, '^([^\\n]*)\\n([^\\n]*)\\n', at)
  return {attempt = tonumber(attempt), sent = sent, expires = tonumber(expires), priority = priority,
    active = active == '1', id = id, key = key, rest = string.sub(record, at)}
end

local function write(m)
  return string.format('%d %s %.0f %s %d\\n', m.attempt, m.sent, m.expires, m.priority, m.active and 1 or 0) .. m.rest
end

local function append(priority, record)
  if not string.find(streams, priority, 1, true) then
    local all = {priority}
    for each in string.gmatch(streams, '%d') do all[#all + 1] = each end
    table.sort(all)
    streams = table.concat(all)
    set('streams', streams)
  end
  if not large and #record > 16384 then large = '1' set('large', 1) end
  call('XADD', name .. ':s' .. priority, '*', 'r', record)
end

local function makeReady(m)
  if m.key ~= '' and not m.active then
    if tonumber(call('HGET', keys, m.key) or 0) >= perKey then
      call('RPUSH', parked .. m.key, write(m))
      nextNumber('parked')
      return
    end
    call('HINCRBY', keys, m.key, 1)
    m.active = true
  end
  append(m.priority, write(m))
end

local function left(key)
  local others = call('HINCRBY', keys, key, -1)
  local following = call('LPOP', parked .. key)
  if following then
    call('HINCRBY', name, 'parked', -1)
    makeReady(read(following))
  elseif others <= 0 then call('HDEL', keys, key) end
end

local function delay(m, by)
  call('ZADD', delayed, now + by, string.format('%016d', nextNumber('seq')) .. write(m))
end

local function die(m, reason)
  local wasActive = m.active
  m.active = false
  call('XADD', dead, '*', 'r', write(m), 'w', reason)
  call('XTRIM', dead, 'MAXLEN', keepDead)
  if wasActive then left(m.key) end
end

local function failed(m, by, reason)
  m.attempt = m.attempt + 1
  if m.attempt >= attempts then die(m, reason)
  elseif by > 0 then delay(m, by)
  else makeReady(m) end
end

-- Takes a leased message out, by its tag.
local function takeOut(tag)
  local stream, id = name .. ':s' .. string.sub(tag, 1, 1), string.sub(tag, 2)
  local entry = call('XRANGE', stream, id, id)[1]
  call('ZREM', leased, tag)
  call('XDEL', stream, id)
  return entry and read(entry[2][2])
end

local function length()
  local n = 0
  for priority in string.gmatch(streams, '%d') do n = n + call('XLEN', name .. ':s' .. priority) end
  return n
end

local function live()
  return length() + call('ZCARD', delayed) + tonumber(get('parked') or 0)
end

-- What follows from a command, or from time.

local function due()
  for _, tag in ipairs(call('ZRANGEBYSCORE', leased, '-inf', now, 'LIMIT', 0, 500)) do
    local m = takeOut(tag)
    if m then failed(m, 0, 'its lease ended') end
  end
  for _, m in ipairs(call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, 500)) do
    call('ZREM', delayed, m)
    makeReady(read(string.sub(m, 17)))
  end
  if capacity then call('ZREMRANGEBYSCORE', rooms, '-inf', now) end
end

local tokens = nil
local function fillTokens()
  if tokens then return end
  local was = call('HMGET', name, 'tokens', 'tokensAt')
  tokens = math.min(burst, tonumber(was[1] or burst) + math.max(0, now - tonumber(was[2] or now)) * perSecond / 1000 + 1e-9)
end

local function cursor(priority) return get('c' .. priority) or '0-0' end

-- Up to so many that are ready, and bytes; the first in any case if it must be. And whether there is more.
local function take(most, bytes, must)
  local list, size, cursors = {}, 0, {}
  for priority in string.gmatch(streams, '%d') do
    local from = cursor(priority)
    while #list < most do
      local got = call('XRANGE', name .. ':s' .. priority, '(' .. from, '+', 'COUNT', large and 1 or most - #list)
      if #got == 0 then break end
      for _, entry in ipairs(got) do
        local id, record = entry[1], entry[2][2]
        local expires = string.match(record, '^%d+ %d+ (%d+)')
        if expires ~= '0' and tonumber(expires) <= now then
          call('XDEL', name .. ':s' .. priority, id)
          die(read(record), 'EXPIRED')
          again = true
        else
          if size + #record > bytes and not (must and #list == 0) then return list, cursors, true end
          size = size + #record
          list[#list + 1] = {priority .. id, record}
          cursors[priority] = id
        end
        from = id
      end
    end
  end
  return list, cursors, false
end

local function leaveLine(process)
  call('ZREM', line, process)
  call('HDEL', wants, process)
end

local function handOver()
  while true do
    local first = call('ZRANGE', line, 0, 0)[1]
    if not first then return end
    local wanted = tonumber(call('HGET', wants, first) or 0)
    local mine = first == me
    local most, allowed = math.min(wanted, mine and 1000 or 256), math.huge
    if concurrency then allowed = concurrency - call('ZCARD', leased) end
    if perSecond then
      fillTokens()
      allowed = math.min(allowed, math.floor(tokens))
    end
    if allowed < 1 then return end
    local list, cursors, more = take(math.min(most, allowed), mine and 1048576 or 262144, mine)
    if #list == 0 and not more then return end
    -- It asks again for what it still wants, if there is more than can be told at once.
    if #list == most and most < wanted then more = true end
    local owed = more and 0 or wanted - #list
    if tell(first, 'm', list, owed, nextNumber('version')) then
      if #list > 0 then
        local leases = {}
        for i, each in ipairs(list) do leases[2 * i - 1], leases[2 * i] = whole(now + lease), each[1] end
        call('ZADD', leased, unpack(leases))
        for priority, at in pairs(cursors) do set('c' .. priority, at) end
        if tokens then
          tokens = tokens - #list
          call('HSET', name, 'tokens', tokens, 'tokensAt', now)
        end
      end
      if #list == 0 then return leaveLine(first) end
      if owed == 0 then leaveLine(first) else call('HSET', wants, first, owed) end
    else leaveLine(first) end
  end
end

local function giveRoom()
  local free = capacity - live() - call('ZCARD', rooms)
  while free > 0 do
    local first = call('ZRANGE', tickets, 0, 0)[1]
    if not first then return end
    call('ZREM', tickets, first)
    local process, ticket = string.match(first, '^(%S+) (.*)$')
    if tell(process, 's', ticket) then
      call('ZADD', rooms, now + ${ROOM_KEPT}, first)
      free = free - 1
    end
  end
end

-- Somebody who waits is told when there will be something to do that nothing but time brings.
local function giveDuty()
  local waiting, sending = call('ZCARD', line) > 0, capacity and call('ZCARD', tickets) > 0
  if not waiting and not sending then return end
  local at = math.huge
  local function sooner(set)
    local first = call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
    if first then at = math.min(at, tonumber(first)) end
  end
  sooner(leased)
  sooner(delayed)
  if sending then sooner(rooms) end
  if waiting and perSecond and length() > call('ZCARD', leased) then
    fillTokens()
    if tokens < 1 then at = math.min(at, now + (1 - tokens) * 1000 / perSecond) end
  end
  if at == math.huge then return end
  local duty = call('HMGET', name, 'duty', 'dutyAt')
  if duty[1] and tonumber(duty[2]) <= at and tonumber(duty[2]) > now then
    if duty[1] == me or call('PUBSUB', 'NUMSUB', duty[1])[2] > 0 then return end
  end
  while true do
    local holder = call('ZRANGE', line, 0, 0)[1]
    local ticket = not holder and call('ZRANGE', tickets, 0, 0)[1]
    if ticket then holder = string.match(ticket, '^%S+') end
    if not holder then return end
    if tell(holder, 'd', math.max(0, at - now)) then
      call('HSET', name, 'duty', holder, 'dutyAt', at)
      return
    end
    if ticket then call('ZREM', tickets, ticket) else leaveLine(holder) end
  end
end

local function turn()
  repeat
    again = false
    if call('ZCARD', line) > 0 then handOver() end
  until not again
  if capacity then giveRoom() end
  if closed and live() == 0 then
    for _, process in ipairs(call('ZRANGE', line, 0, -1)) do
      tell(process, 'c', nextNumber('version'))
      leaveLine(process)
    end
  end
  giveDuty()
end

local function done(value)
  turn()
  return answer(value)
end

-- Commands.

due()

if op == 'want' then
  if arg.n == 0 then leaveLine(me)
  else
    call('HSET', wants, me, arg.n)
    if not call('ZSCORE', line, me) then call('ZADD', line, nextNumber('seq'), me) end
  end
  tell(me, 'm', {}, arg.n, nextNumber('version'))
  return done(1)
end

if op == 'push' then
  local stamp, full, free = whole(now), false, math.huge
  local plain = '0 ' .. stamp .. ' 0 4 0\\n'
  if capacity then free = capacity - live() - call('ZCARD', rooms) end
  local function store(blob, priority, wait, expires, chosen, ticket)
    local reserved = capacity and call('ZREM', rooms, me .. ' ' .. ticket) == 1
    if reserved then free = free + 1 end
    if closed then return 'c' end
    local id, key = string.match(blob, '^([^\\n]*)\\n([^\\n]*)\\n')
    if chosen then
      call('ZREMRANGEBYSCORE', ids, '-inf', now)
      if call('ZSCORE', ids, id) then return 'd' end
    end
    if capacity and not reserved and (free <= 0 or call('ZCARD', tickets) > 0) then return 'f' end
    if capacity then call('ZREM', tickets, me .. ' ' .. ticket) end
    free = free - 1
    if chosen then call('ZADD', ids, now + idWindow, id) end
    local m = {attempt = 0, sent = stamp, expires = expires > 0 and now + expires or 0, priority = whole(priority),
      active = false, id = id, key = key, rest = blob}
    if wait > 0 then delay(m, wait) else makeReady(m) end
    return 'o'
  end
  local results = once('push', arg.no, function()
    local all = {}
    for i, item in ipairs(arg.items) do
      if type(item) == 'string' then
        if closed then all[i] = 'c' else
          append('4', plain .. item)
          all[i] = 'o'
        end
      else
        local result = full and 'f' or store(unpack(item))
        if result == 'f' then
          full = true
          local member = me .. ' ' .. item[6]
          if not call('ZSCORE', tickets, member) then call('ZADD', tickets, nextNumber('seq'), member) end
        end
        all[i] = result
      end
    end
    return table.concat(all)
  end)
  return done(results)
end

if op == 'settle' then
  return done(once('settle', arg.no, function()
    local tags, results, acked = {}, {}, {}
    for i, each in ipairs(arg.batch) do tags[i] = type(each) == 'string' and each or each[1] end
    local held = call('ZMSCORE', leased, unpack(tags))
    for i, each in ipairs(arg.batch) do
      results[i] = held[i] and '1' or '0'
      local tag = tags[i]
      if not held[i] then
      elseif type(each) == 'string' then
        local stream = name .. ':s' .. string.sub(tag, 1, 1)
        acked[stream] = acked[stream] or {}
        table.insert(acked[stream], string.sub(tag, 2))
        acked[#acked + 1] = tag
      else
        local m, how = takeOut(tag), each[2]
        if not m then results[i] = '0'
        elseif how == 'ack' then if m.active then left(m.key) end
        elseif how == 'back' then makeReady(m)
        elseif how == 'nack' then failed(m, each[3], each[4])
        else
          m.attempt = m.attempt + 1
          die(m, each[4])
        end
      end
    end
    if #acked > 0 then
      call('ZREM', leased, unpack(acked))
      for stream, list in pairs(acked) do if type(stream) == 'string' then call('XDEL', stream, unpack(list)) end end
    end
    return table.concat(results)
  end))
end

if op == 'extend' then
  local held, results = call('ZMSCORE', leased, unpack(arg.tags)), {}
  for i, tag in ipairs(arg.tags) do
    results[i] = held[i] and '1' or '0'
    if held[i] then call('ZADD', leased, now + arg.d, tag) end
  end
  return done(table.concat(results))
end

if op == 'look' then
  if get('duty') == me then call('HDEL', name, 'duty', 'dutyAt') end
  return done(1)
end

if op == 'reserve' then
  local member = me .. ' ' .. arg.ticket
  if closed or call('ZSCORE', rooms, member) then tell(me, 's', arg.ticket)
  elseif not call('ZSCORE', tickets, member) then call('ZADD', tickets, nextNumber('seq'), member) end
  return done(1)
end

if op == 'unreserve' then
  call('ZREM', tickets, me .. ' ' .. arg.ticket)
  call('ZREM', rooms, me .. ' ' .. arg.ticket)
  return done(1)
end

if op == 'forget' then
  leaveLine(me)
  for _, set in ipairs({tickets, rooms}) do
    for _, member in ipairs(call('ZRANGE', set, 0, -1)) do
      if string.sub(member, 1, #me + 1) == me .. ' ' then call('ZREM', set, member) end
    end
  end
  if get('duty') == me then call('HDEL', name, 'duty', 'dutyAt') end
  return done(1)
end

-- Questions.

if op == 'stats' then
  turn()
  local held, oldest = call('ZCARD', leased), now
  for priority in string.gmatch(streams, '%d') do
    local first = call('XRANGE', name .. ':s' .. priority, '(' .. cursor(priority), '+', 'COUNT', 1)[1]
    if first then oldest = math.min(oldest, tonumber(string.match(first[1], '^%d+'))) end
  end
  return answer({length() - held, call('ZCARD', delayed), tonumber(get('parked') or 0), held, call('XLEN', dead),
    math.max(0, math.floor(now - oldest)), closed and 1 or 0})
end

if op == 'dead' then
  local list = {}
  for i, entry in ipairs(call('XRANGE', dead, '-', '+', 'COUNT', arg.most)) do
    list[i] = {string.match(entry[1], '^%d+'), entry[2][2], entry[2][4]}
  end
  return done(list)
end

-- Of those that are ready, delayed or parked, the first with that id is taken out.
local function remove(id)
  local function is(record) return string.match(record, '^[^\\n]*\\n([^\\n]*)\\n') == id end
  for priority in string.gmatch(streams, '%d') do
    local from = cursor(priority)
    while true do
      local got = call('XRANGE', name .. ':s' .. priority, '(' .. from, '+', 'COUNT', large and 1 or 500)
      if #got == 0 then break end
      for _, entry in ipairs(got) do
        if is(entry[2][2]) then
          call('XDEL', name .. ':s' .. priority, entry[1])
          local m = read(entry[2][2])
          if m.active then left(m.key) end
          return '1'
        end
        from = entry[1]
      end
    end
  end
  for _, member in ipairs(call('ZRANGE', delayed, 0, -1)) do
    if is(string.sub(member, 17)) then
      call('ZREM', delayed, member)
      local m = read(string.sub(member, 17))
      if m.active then left(m.key) end
      return '1'
    end
  end
  for _, key in ipairs(call('HKEYS', keys)) do
    for _, record in ipairs(call('LRANGE', parked .. key, 0, -1)) do
      if is(record) then
        call('LREM', parked .. key, 1, record)
        call('HINCRBY', name, 'parked', -1)
        return '1'
      end
    end
  end
  return '0'
end

local function redrive(chosen)
  local is, n = {}, 0
  if chosen then for _, id in ipairs(chosen) do is[id] = true end end
  for _, entry in ipairs(call('XRANGE', dead, '-', '+')) do
    local m = read(entry[2][2])
    if not chosen or is[m.id] then
      call('XDEL', dead, entry[1])
      m.attempt, m.expires, n = 0, 0, n + 1
      makeReady(m)
    end
  end
  return whole(n)
end

local function close()
  closed = '1'
  set('closed', 1)
  for _, member in ipairs(call('ZRANGE', tickets, 0, -1)) do
    local process, ticket = string.match(member, '^(%S+) (.*)$')
    tell(process, 's', ticket)
  end
  call('DEL', tickets)
  return '1'
end

local function drop()
  for _, process in ipairs(call('ZRANGE', line, 0, -1)) do tell(process, 'g') end
  for _, member in ipairs(call('ZRANGE', tickets, 0, -1)) do tell(string.match(member, '^%S+'), 'g') end
  for _, key in ipairs(call('HKEYS', keys)) do call('DEL', parked .. key) end
  for priority in string.gmatch(streams, '%d') do call('DEL', name .. ':s' .. priority) end
  call('DEL', name, leased, delayed, keys, line, wants, tickets, rooms, ids, dead)
  return '1'
end

if op == 'ask' then
  local kind = arg.kind
  local result = once('ask', arg.no, function()
    if kind == 'close' then return close() end
    if kind == 'drop' then return drop() end
    if kind == 'remove' then return remove(arg.id) end
    if kind == 'redrive' then return redrive(arg.ids) end
    if kind == 'purge' then
      local n = call('XLEN', dead)
      call('DEL', dead)
      return whole(n)
    end
    closed = false
    call('HDEL', name, 'closed')
    return '1'
  end)
  if kind == 'drop' then return answer(result) end
  return done(result)
end
`;
