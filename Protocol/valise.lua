-- A dissector of Valise's wire (wire.md, protocol version 1) for Wireshark and tshark.
--
--   tshark -X lua_script:Protocol/valise.lua -r sync.pcap -V
--
-- Connections are known by their preamble, whatever their port, and by the port 7420. Fields bear the names of wire.md.

local valise = Proto("valise", "Valise")

local types = {
  [0x01] = "HELLO", [0x02] = "OPEN", [0x03] = "WELCOME",
  [0x10] = "RUN", [0x11] = "SECTION", [0x12] = "LOGGED", [0x13] = "OWN", [0x14] = "ACK", [0x15] = "VECTOR",
  [0x16] = "REACHED",
  [0x20] = "CREDIT", [0x21] = "PING", [0x22] = "PONG", [0x23] = "ERROR", [0x24] = "GOODBYE",
  [0x30] = "NOTIFY", [0x31] = "FOLLOW", [0x32] = "KEPT", [0x80] = "RECEIVED",
}

local forms = {
  [0] = "a book by its id", [1] = "a book from a cursor", [2] = "a book by its name", [3] = "publish under a name",
}
local kinds = { [1] = "rows", [2] = "columns" }
local errors = {
  [100] = "BAD_MAGIC", [101] = "TOO_LARGE", [102] = "BAD_CHECKSUM", [103] = "BAD_ENCODING", [104] = "UNKNOWN_FRAME",
  [105] = "FLOW", [106] = "WRONG_ORDER", [107] = "TIMED_OUT", [200] = "VERSION", [201] = "FEATURE",
  [301] = "BAD_SIGNATURE", [302] = "UNCERTIFIED", [500] = "UNKNOWN_PARENT", [501] = "EQUIVOCATION", [503] = "ROLLBACK",
  [504] = "GAP", [505] = "BROKEN_CHAIN", [506] = "BAD_ROOT", [507] = "BAD_RUN", [508] = "OVER_LIMIT",
  [510] = "NO_SUCH_BOOK", [511] = "NAME_TAKEN", [512] = "OTHER_NAME", [602] = "CONNECTIONS", [700] = "READ_ONLY",
  [701] = "DISK_FULL", [702] = "CORRUPT", [703] = "SHUTDOWN", [704] = "UNAVAILABLE",
}

local f = {
  magic = ProtoField.bytes("valise.magic", "Magic"),
  framing = ProtoField.uint8("valise.framing", "Framing"),
  length = ProtoField.uint32("valise.length", "Length"),
  type = ProtoField.uint8("valise.type", "Type", base.HEX, types),
  flags = ProtoField.uint8("valise.flags", "Flags", base.HEX),
  ends = ProtoField.bool("valise.end", "End of the flight or answer", 8, nil, 0x01),
  oldest = ProtoField.uint64("valise.oldest", "Oldest version"),
  newest = ProtoField.uint64("valise.newest", "Newest version"),
  version = ProtoField.uint64("valise.version", "Version"),
  features = ProtoField.uint64("valise.features", "Features", base.HEX),
  device = ProtoField.bytes("valise.device", "Device"),
  window = ProtoField.uint64("valise.window", "Window"),
  mark = ProtoField.uint64("valise.mark", "Mark"),
  form = ProtoField.uint8("valise.form", "Form", base.DEC, forms),
  standing = ProtoField.uint8("valise.standing", "Standing"),
  book = ProtoField.bytes("valise.book", "Book"),
  name = ProtoField.string("valise.name", "Name"),
  epoch = ProtoField.bytes("valise.epoch", "Epoch"),
  position = ProtoField.uint64("valise.position", "Position"),
  chain = ProtoField.bytes("valise.chain", "Chain hash"),
  first = ProtoField.uint64("valise.first", "First change's seq"),
  count = ProtoField.uint64("valise.count", "Changes"),
  last = ProtoField.bytes("valise.last", "Last change's id"),
  id = ProtoField.bytes("valise.id", "Id of the run's last change"),
  signature = ProtoField.bytes("valise.signature", "Signature"),
  sections = ProtoField.uint64("valise.sections", "Sections"),
  kind = ProtoField.uint8("valise.kind", "Kind", base.DEC, kinds),
  packed = ProtoField.uint64("valise.packed", "Packed size"),
  raw = ProtoField.uint64("valise.raw", "Raw size"),
  checksum = ProtoField.uint32("valise.checksum", "CRC-32", base.HEX),
  content = ProtoField.bytes("valise.content", "Packed bytes"),
  devices = ProtoField.uint64("valise.devices", "Devices"),
  credit = ProtoField.uint64("valise.credit", "Bytes granted"),
  data = ProtoField.bytes("valise.data", "Data"),
  code = ProtoField.uint64("valise.code", "Error code", base.DEC),
  retry = ProtoField.uint64("valise.retry", "Milliseconds until it may be tried again"),
  detail = ProtoField.string("valise.detail", "Detail"),
  tag = ProtoField.uint64("valise.extension.tag", "Extension", base.HEX),
  value = ProtoField.bytes("valise.extension.value", "Value"),
  payload = ProtoField.bytes("valise.payload", "Payload"),
}
valise.fields = f

local malformed = ProtoExpert.new("valise.malformed", "Not what wire.md says", expert.group.MALFORMED, expert.severity.ERROR)
valise.experts = { malformed }

local HEADER, PREAMBLE = 6, 8
local MAGIC = "8956414c490d0a"
-- The largest payload of any type, and of one that is skipped.
local LIMIT = 1048640

-- Reads a payload front to back; errors are raised, and shown where the frame stands.
local Reader = {}
Reader.__index = Reader

local function reader(range, tree) return setmetatable({ range = range, at = 0, tree = tree }, Reader) end

function Reader:left() return self.range:len() - self.at end

function Reader:take(count)
  if count > self:left() then error("the payload ends early", 0) end
  if count == 0 then return nil end
  local taken = self.range:range(self.at, count)
  self.at = self.at + count
  return taken
end

-- A varint: seven bits a byte, the lowest first, in its shortest form. Gives a UInt64 and the bytes that it took.
function Reader:varint()
  local start, value, shift = self.at, UInt64(0), 0
  while true do
    local byte = self:take(1):uint()
    if shift == 63 and byte > 1 then error("a number is too long", 0) end
    value = value + UInt64(byte % 128):lshift(shift)
    if byte < 128 then
      if byte == 0 and shift > 0 then error("a number is not in its shortest form", 0) end
      return value, self.range:range(start, self.at - start)
    end
    shift = shift + 7
  end
end

function Reader:number(field)
  local value, range = self:varint()
  self.tree:add(field, range, value)
  return value:tonumber()
end

function Reader:bytes(field, count)
  local taken = self:take(count)
  if taken then self.tree:add(field, taken) end
end

function Reader:byte(field)
  local taken = self:take(1)
  self.tree:add(field, taken)
  return taken:uint()
end

function Reader:text(field)
  local count = self:varint():tonumber()
  local taken = self:take(count)
  if taken then self.tree:add(field, taken) end
  return taken and taken:string() or ""
end

-- A number that holds a flag in its lowest bit.
function Reader:flagged(field)
  local value, range = self:varint()
  self.tree:add(field, range, value:rshift(1))
  return value:rshift(1):tonumber(), value:band(1):tonumber() == 1
end

-- How many changes of a device somebody has, and the id of the last.
function Reader:head() if self:number(f.count) > 0 then self:bytes(f.last, 32) end end

function Reader:place()
  local position = self:number(f.position)
  self:bytes(f.chain, 16)
  return position
end

function Reader:laptops()
  local count = self:number(f.devices)
  for _ = 1, count do
    self:bytes(f.device, 16)
    self:number(f.count)
  end
  return count
end

-- Extensions up to the end: of those this version knows, what they hold.
function Reader:extensions(isWelcome)
  while self:left() > 0 do
    local tag, range = self:varint()
    self.tree:add(f.tag, range, tag)
    local count = self:varint():tonumber()
    if count > self:left() then error("the payload ends early", 0) end
    local inner = reader(count > 0 and self.range:range(self.at, count) or self.range:range(0, 0), self.tree)
    if tag:tonumber() == 1 then
      inner:number(f.window)
    elseif tag:tonumber() == 0x80 then
      inner:number(f.mark)
      if isWelcome then inner:laptops() end
    elseif count > 0 then
      self.tree:add(f.value, self.range:range(self.at, count))
    end
    self.at = self.at + count
  end
end

local dissect = {}

function dissect.HELLO(r)
  local oldest = r:number(f.oldest)
  local newest = r:number(f.newest)
  r:number(f.features)
  r:bytes(f.device, 16)
  r:extensions(false)
  return "versions " .. oldest .. " to " .. newest
end

function dissect.OPEN(r)
  local form = r:byte(f.form)
  if form == 0 then
    r:bytes(f.book, 32)
  elseif form == 1 then
    r:bytes(f.book, 32)
    r:bytes(f.epoch, 16)
    return "from position " .. r:place()
  elseif form == 2 then
    return "'" .. r:text(f.name) .. "'"
  elseif form == 3 then
    local name = r:text(f.name)
    r:bytes(f.book, 32)
    return "publish '" .. name .. "'"
  else
    error("a form that is not known", 0)
  end
  return "from the start"
end

function dissect.WELCOME(r)
  r:number(f.version)
  r:number(f.features)
  local standing = r:byte(f.standing)
  r:bytes(f.epoch, 16)
  local position = r:place()
  r:head()
  if standing >= 4 then r:bytes(f.book, 32) end
  r:extensions(true)
  return "position " .. position
end

local function changes(first, count)
  return count == 1 and "change " .. first or "changes " .. first .. " to " .. first + count - 1
end

function dissect.RUN(r)
  local first = r:number(f.first)
  local count, hasDevice = r:flagged(f.count)
  if hasDevice then r:bytes(f.device, 16) end
  r:bytes(f.signature, 64)
  r:number(f.sections)
  return changes(first, count)
end

function dissect.LOGGED(r)
  r:bytes(f.device, 16)
  local first = r:number(f.first)
  local count = r:number(f.count)
  r:bytes(f.signature, 64)
  r:bytes(f.id, 32)
  r:number(f.sections)
  return changes(first, count)
end

function dissect.OWN(r)
  local first = r:number(f.first)
  local count, hasID = r:flagged(f.count)
  if hasID then r:bytes(f.id, 32) end
  return changes(first, count)
end

function dissect.SECTION(r)
  local kind = r:byte(f.kind)
  local packed, isDeflated = r:flagged(f.packed)
  local raw = packed
  if isDeflated then raw = r:number(f.raw) else r.tree:add(f.raw, UInt64(packed)):set_generated() end
  r:bytes(f.checksum, 4)
  r:bytes(f.content, packed)
  return (kinds[kind] or "kind " .. kind) .. ", " .. packed .. " bytes packed, " .. raw .. " raw"
end

function dissect.ACK(r)
  r:bytes(f.epoch, 16)
  local position = r:place()
  r:head()
  r:extensions(false)
  return "position " .. position
end

function dissect.VECTOR(r) return r:laptops() .. " devices" end

function dissect.REACHED(r)
  local position = r:number(f.position)
  r:bytes(f.chain, 32)
  return "position " .. position
end

local function place(r) return "position " .. r:place() end
dissect.NOTIFY, dissect.FOLLOW, dissect.KEPT = place, place, place

function dissect.RECEIVED(r)
  r:number(f.mark)
  return r:laptops() .. " laptops"
end

function dissect.CREDIT(r) return r:number(f.credit) .. " bytes" end
function dissect.GOODBYE(r) return "again after " .. r:number(f.retry) .. " ms" end

local function data(r)
  r:bytes(f.data, r:left())
  return ""
end
dissect.PING, dissect.PONG = data, data

function dissect.ERROR(r)
  local code = r:number(f.code)
  local again = r:take(1):uint()
  if again == 1 then r:number(f.retry) end
  return (errors[code] or code) .. " " .. r:text(f.detail)
end

-- One frame that is whole; gives its name.
local function frame(range, tree)
  local length = range:range(0, 4):uint()
  local type = range:range(4, 1):uint()
  local name = types[type] or string.format("type 0x%02x", type)
  local subtree = tree:add(valise, range, "Valise " .. name)
  subtree:add(f.length, range:range(0, 4))
  subtree:add(f.type, range:range(4, 1))
  subtree:add(f.flags, range:range(5, 1))
  subtree:add(f.ends, range:range(5, 1))
  local words = ""
  if dissect[name] then
    local payload = length > 0 and range:range(HEADER, length) or range:range(0, 0)
    local r = reader(payload, subtree)
    local isGood, found = pcall(dissect[name], r)
    if isGood and r:left() > 0 and length > 0 then isGood, found = false, "bytes are left over" end
    if isGood then words = found else subtree:add_proto_expert_info(malformed, tostring(found)) end
  elseif length > 0 then
    subtree:add(f.payload, range:range(HEADER, length))
  end
  subtree:append_text(words ~= "" and ": " .. words or "")
  return name
end

local function has_preamble(tvb)
  return tvb:len() >= PREAMBLE and tvb:range(0, 7):bytes():tohex():lower() == MAGIC
end

-- The packet that was dissected last. One that ends a frame of packets before it comes again with what follows that
-- frame, and what is said of it then stands right behind what was said first.
local last_packet

function valise.dissector(tvb, pinfo, tree)
  pinfo.cols.protocol = "Valise"
  local at, names = 0, {}
  local lead = pinfo.number == last_packet and " " or ""
  last_packet = pinfo.number
  if has_preamble(tvb) then
    local subtree = tree:add(valise, tvb:range(0, PREAMBLE), "Valise preamble")
    subtree:add(f.magic, tvb:range(0, 7))
    subtree:add(f.framing, tvb:range(7, 1))
    at = PREAMBLE
  end
  while at < tvb:len() do
    local left = tvb:len() - at
    local missing
    if left < HEADER then
      missing = DESEGMENT_ONE_MORE_SEGMENT
    else
      local length = tvb:range(at, 4):uint()
      if length > LIMIT then
        tree:add(valise, tvb:range(at)):add_proto_expert_info(malformed, "a length above every limit")
        return tvb:len()
      end
      if left < HEADER + length then missing = HEADER + length - left end
    end
    if missing then
      pinfo.desegment_offset = at
      pinfo.desegment_len = missing
      return tvb:len()
    end
    local whole = HEADER + tvb:range(at, 4):uint()
    names[#names + 1] = frame(tvb:range(at, whole), tree)
    at = at + whole
    pinfo.cols.info = lead .. table.concat(names, " ")
  end
  return tvb:len()
end

-- By the preamble, on any port; from then on both directions of the connection are Valise's.
local function by_preamble(tvb, pinfo, tree)
  if not has_preamble(tvb) then return false end
  pinfo.conversation = valise
  valise.dissector(tvb, pinfo, tree)
  return true
end

valise:register_heuristic("tcp", by_preamble)
DissectorTable.get("tcp.port"):add(7420, valise)
