#!/usr/bin/env python3
"""A second decoder of Valise's formats, written from Protocol/formats.md and not from the Swift.

Reads every file of Protocol/vectors/formats, decodes its bytes, and compares what they mean, or the name of the error
that refuses them, with what the file says. Needs the standard library only. Prints a closing count; exits 1 when anything
differs. Hashes are computed, signatures are not checked.

usage: tools/decode_vectors.py [FOLDER], which holds the vectors, or their folder `formats`
"""

import zlib

import decoding
from decoding import Refused, demand, sha256

MIB = 1 << 20
ORDER_DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAGIC = bytes([0x89, 0x56, 0x4C, 0x53, 0x0D, 0x0A, 0x1A, 0x0A])
ZERO = bytes(32)
ROWS, COLUMNS = 0x01, 0x02
HEADER, BODY, BASE, RUN, CHUNK, END = 0x10, 0x11, 0x20, 0x21, 0x30, 0x3F
STANDING, ENTRIES, ENTRIES_GO_ON, STATE_ID = 0x31, 0x32, 0x33, 0x34
IN_FILES = {HEADER, BODY, BASE, RUN, CHUNK, STANDING, ENTRIES, ENTRIES_GO_ON, STATE_ID, END}


# Conventions


class Reader(decoding.Reader):
    def signed(self):
        value = self.varint()
        return value >> 1 if value & 1 == 0 else -(value >> 1) - 1

    def count(self, limit):
        value = self.varint()
        demand(value <= limit, "tooLong")
        return value

    def prefixed(self, limit):
        return self.take(self.count(limit))

    def text(self, limit):
        return utf8(self.prefixed(limit))


def utf8(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("invalidUTF8") from None


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value):
    return varint(2 * value if value >= 0 else -2 * value - 1)


def prefixed(data):
    return varint(len(data)) + data


# Canonical bytes


def read_origin(reader):
    """The bytes of an origin, and what they mean."""
    start = reader.at
    kind = reader.varint()
    data = reader.prefixed(2048)
    inner = Reader(data)
    if kind in (0, 1, 2):
        meaning = ("typed", "imported", "resolved")[kind]
    elif kind == 3:
        meaning = {"undo": inner.take(32).hex()}
    elif kind == 4:
        heads = []
        while inner.left():
            heads.append(inner.take(32))
        demand(all(a < b for a, b in zip(heads, heads[1:])), "outOfOrder")
        meaning = {"restore": [head.hex() for head in heads]}
    elif kind == 5:
        meaning = {"rule": inner.varint()}
    else:
        meaning = {"type": kind, "bytes": inner.take(inner.left()).hex()}
    inner.finish()
    return reader.data[start : reader.at], meaning


def read_header(data):
    """What a canonical header means, and the hash of the body that it names."""
    reader = Reader(data)
    demand(reader.varint() == 1, "outOfRange")
    header = {"book": reader.take(32).hex(), "device": reader.take(16).hex(), "seq": reader.varint()}
    if header["seq"] > 0:
        header["previous"] = reader.take(32).hex()
    parents = [reader.take(32) for _ in range(reader.count(64))]
    demand(all(a < b for a, b in zip(parents, parents[1:])), "outOfOrder")
    header["parents"] = [parent.hex() for parent in parents]
    header["time"] = reader.signed()
    header["origin"] = read_origin(reader)[1]
    header["message"] = reader.text(4096)
    body_hash = reader.take(32)
    reader.finish()
    return header, body_hash


def write_header(book, device, seq, previous, parents, time, origin, message, body_hash):
    out = varint(1) + book + device + varint(seq)
    if seq > 0:
        out += previous
    out += varint(len(parents)) + b"".join(parents) + signed(time) + origin + prefixed(message)
    return out + body_hash


def change_id(header):
    return sha256(b"valise change\n" + header)


# Operations


def name_of(device, seq, index):
    return f"{device.hex()}:{seq}:{index}"


def read_entry(reader, device, seq, number, context):
    form = reader.byte()
    if form == 0:
        demand(context is not None, "notCanonical")
        return context
    if form == 1:
        index = reader.varint()
        demand(index < number, "outOfRange")
        entry = (device, seq, index)
    else:
        demand(form == 2, "outOfRange")
        entry = (reader.take(16), reader.varint(), reader.count((1 << 32) - 1))
        demand(entry[:2] != (device, seq), "notCanonical")
    demand(entry != context, "notCanonical")
    return entry


def read_value(reader):
    flags = reader.byte()
    demand(flags < 8 and flags & 3 != 2, "outOfRange")
    value = {}
    if flags & 1:
        source = reader.prefixed(65536)
        value["source"] = value["plain"] = utf8(source)
        if flags & 2:
            plain = reader.prefixed(65536)
            value["plain"] = utf8(plain)
            demand(plain != source, "notCanonical")
    if flags & 4:
        value["from"] = name_of(reader.take(16), reader.varint(), reader.count((1 << 32) - 1))
    return value


def read_element(reader):
    return {"element": reader.text(1024), "ordinal": reader.count((1 << 32) - 1)}


def read_edits(reader):
    edits = []
    while reader.left():
        demand(len(edits) < MIB, "tooLong")
        limit = (1 << 31) - 1
        edit = [reader.count(limit), reader.count(limit), reader.text(4 * MIB)]
        demand(edit[1] > 0 or edit[2] != "", "notCanonical")
        edits.append(edit)
    demand(edits, "outOfRange")
    return edits


def read_operation(kind, reader, device, seq, number, context):
    """What an operation means, and the entry it is about (None without one)."""
    if kind < 64:
        entry = read_entry(reader, device, seq, number, context)
        meaning = {"entry": name_of(*entry)}
        if kind in (1, 2):
            meaning["op"] = ("delete", "keep")[kind - 1]
        elif kind == 3:
            meaning |= {"op": "set", "role": reader.byte(), "name": reader.text(1024)}
            count = reader.count(64)
            demand(count > 0, "outOfRange")
            meaning["values"] = [read_value(reader) for _ in range(count)]
        elif kind == 4:
            meaning |= {"op": "add", "field": reader.text(1024)} | read_element(reader)
            order = reader.prefixed(64)
            meaning["order"] = utf8(order)
            demand(all(digit in ORDER_DIGITS for digit in order) and order[-1:] != b"0", "notCanonical")
        elif kind == 5:
            meaning |= {"op": "remove", "field": reader.text(1024)} | read_element(reader)
        elif kind == 6:
            meaning |= {"op": "edit", "edits": read_edits(reader)}
        else:
            meaning |= read_unknown(kind, reader)
        return meaning, entry
    if kind == 64:
        return {"op": "create", "kind": reader.text(1024)}, (device, seq, number)
    if kind == 65:
        meaning = {"op": "introduce"}
        flag = reader.byte()
        demand(flag <= 1, "outOfRange")
        if flag:
            meaning |= {"key": reader.take(32).hex(), "incarnation": reader.take(8).hex()}
        return meaning | {"name": reader.text(200)}, None
    if kind == 66:
        return {"op": "found", "nonce": reader.take(16).hex()}, None
    if kind == 67:
        return {"op": "need", "level": reader.varint()}, None
    return read_unknown(kind, reader), None


def read_unknown(kind, reader):
    demand(reader.left() <= 4 * MIB, "tooLong")
    return {"op": "unknown", "type": kind, "bytes": reader.take(reader.left()).hex()}


def read_body(data, device, seq):
    reader = Reader(data)
    operations = []
    context = None
    while reader.left():
        demand(len(operations) < MIB, "tooLong")
        kind = reader.varint()
        inner = Reader(reader.prefixed(8 * MIB))
        meaning, entry = read_operation(kind, inner, device, seq, len(operations), context)
        inner.finish()
        context = entry or context
        operations.append(meaning)
    return operations


# Text


def apply_edits(text, operations):
    scalars = list(text)
    for operation in operations:
        for position, deleted, inserted in operation.get("edits", []):
            start = min(position, len(scalars))
            scalars[start : start + deleted] = inserted
    return "".join(scalars)


# Sections


class Section:
    def __init__(self, reader):
        self.kind = reader.byte()
        size = reader.varint()
        self.deflated = size & 1 == 1
        demand(size >> 1 <= MIB, "tooLong")
        demand(size >> 1 > 0, "outOfRange")
        packed = size >> 1
        self.raw_count = packed
        if self.deflated:
            self.raw_count = reader.count(MIB)
            demand(packed < self.raw_count, "notCanonical")
        checksum = int.from_bytes(reader.take(4), "big")
        self.packed = reader.take(packed)
        demand(zlib.crc32(self.packed) == checksum, "checksum")

    def raw(self):
        if not self.deflated:
            return self.packed
        stream = zlib.decompressobj(wbits=-15)
        try:
            raw = stream.decompress(self.packed, self.raw_count + 1)
        except zlib.error:
            raise Refused("packing") from None
        demand(stream.eof and len(raw) == self.raw_count and not stream.unused_data, "packing")
        return raw

    def meaning(self):
        return {
            "kind": self.kind,
            "raw": self.raw_count,
            "packed": len(self.packed),
            "deflated": int(self.deflated),
        }


# Runs


class Columns:
    """The columns of a run; rows are one reader for all of them."""

    def __init__(self, sections):
        demand(sum(section.raw_count for section in sections) <= 64 * MIB, "overLimit")
        for section in sections:
            demand(section.kind in (ROWS, COLUMNS) or section.kind >= 0x80, "unknownSection")
        known = [section for section in sections if section.kind < 0x80]
        if any(section.kind == ROWS for section in known):
            demand(len(known) == 1, "sectionOrder")
            rows = Reader(known[0].raw())
            self.readers = [rows] * 256
            return
        columns = [bytearray() for _ in range(256)]
        for section in known:
            pieces = Reader(section.raw())
            while pieces.left():
                column = pieces.byte()
                columns[column] += pieces.prefixed(MIB)
        if columns[20]:
            columns[19] = join_copies(columns)
            columns[20] = columns[21] = columns[22] = b""
        self.readers = [Reader(bytes(column)) for column in columns]

    def __getitem__(self, column):
        return self.readers[column]

    def finish(self):
        for reader in self.readers:
            reader.finish()


def join_copies(columns):
    gaps_reader = Reader(bytes(columns[20]))
    size = gaps_reader.count(64 * MIB)

    def numbers(reader):
        out = []
        while reader.left():
            demand(len(out) < 4 * MIB, "overLimit")
            out.append(reader.count(64 * MIB))
        return out

    gaps, lengths, places = numbers(gaps_reader), numbers(Reader(columns[21])), numbers(Reader(columns[22]))
    demand(len(gaps) == len(lengths) == len(places), "copies")
    literals, read, text = columns[19], 0, bytearray()
    for gap, length, place in zip(gaps, lengths, places):
        demand(read + gap <= len(literals) and len(text) + gap + length <= size, "copies")
        text += literals[read : read + gap]
        read += gap
        demand(place + length <= len(text), "copies")
        text += text[place : place + length]
    text += literals[read:]
    demand(len(text) == size, "copies")
    return text


class RunDecoder:
    def __init__(self, device, first, sections, book, previous, known):
        self.columns = Columns(sections)
        self.device, self.seq, self.book, self.previous = device, first, book, previous
        self.known = known
        self.first, self.ids = first, []
        self.time = 0
        self.devices = [device]
        self.entries, self.entry, self.cursors = [], -1, []
        self.labels = []
        self.items = self.body_bytes = 0

    def add_items(self, count):
        self.items += count
        demand(self.items <= MIB, "overLimit")
        return count

    def change(self):
        """The next change: its id, header and operations as JSON."""
        flags = self.columns[0].byte()
        demand(flags < 16, "outOfRange")
        time = self.time + self.columns[1].signed()
        self.time = (time + (1 << 63)) % (1 << 64) - (1 << 63)
        parents = []
        if flags & 1:
            demand(self.previous is not None, "outOfRange")
            parents.append(self.previous)
        if flags & 2:
            parents += self.other_parents()
        origin, origin_meaning = b"\0\0", "typed"
        if flags & 4:
            origin, origin_meaning = read_origin(self.columns[5])
            demand(origin_meaning != "typed", "outOfRange")
        message = b""
        if flags & 8:
            message = self.columns[5].prefixed(4096)
            utf8(message)
            demand(message, "outOfRange")
        count = self.add_items(self.columns[2].count(MIB))
        body = self.body(count)
        operations = read_body(body, self.device, self.seq)
        founds = any(operation["op"] == "found" for operation in operations)
        book = ZERO if founds else self.book
        parents.sort()
        demand(len(parents) <= 64 and len(set(parents)) == len(parents), "parents")
        demand((self.seq == 0) == (self.previous is None), "previous")
        header = write_header(
            book, self.device, self.seq, self.previous, parents, self.time, origin, message, sha256(body)
        )
        change = change_id(header)
        meaning = {"id": change.hex(), "header": read_header(header)[0], "operations": operations}
        assert meaning["header"]["origin"] == origin_meaning
        self.ids.append(change)
        self.previous = change
        self.seq += 1
        return meaning

    def other_parents(self):
        reader = self.columns[3]
        count = reader.count(64)
        demand(count > 0, "outOfRange")
        self.add_items(count)
        parents = []
        for _ in range(count):
            device = self.read_device(reader)
            seq = reader.varint()
            if device == self.device and seq >= self.first:
                demand(seq - self.first < len(self.ids), "unknownParent")
                parents.append(self.ids[seq - self.first])
            else:
                demand((device, seq) in self.known, "unknownParent")
                parents.append(self.known[device, seq])
        return parents

    def body(self, count):
        body = bytearray()
        context = None
        for index in range(count):
            kind = self.columns[6].varint()
            payload = b""
            if kind < 64:
                entry = self.target()
                payload = self.spell(entry, context)
                context = entry
            payload += self.rest(kind)
            if kind == 64:
                context = (self.device, self.seq, index)
                self.entries.append(context)
                self.cursors.append(0)
                self.entry = len(self.entries) - 1
            body += varint(kind) + prefixed(payload)
            demand(len(body) <= 8 * MIB, "tooLong")
        self.body_bytes += len(body)
        demand(self.body_bytes <= 64 * MIB, "overLimit")
        return bytes(body)

    def spell(self, entry, context):
        if entry == context:
            return b"\0"
        device, seq, index = entry
        if (device, seq) == (self.device, self.seq):
            return b"\1" + varint(index)
        return b"\2" + device + varint(seq) + varint(index)

    def rest(self, kind):
        columns = self.columns
        if kind in (1, 2):
            return b""
        if kind == 3:
            label, column = self.label(2)
            count = self.add_items(columns[11].count(64))
            return label + varint(count) + b"".join(self.value(column) for _ in range(count))
        if kind == 4:
            return self.element() + prefixed(columns[13].prefixed(64))
        if kind == 5:
            return self.element()
        if kind == 6:
            return self.edits()
        if kind == 64:
            return self.label(0)[0]
        if kind == 65:
            flag = columns[14].take(1)
            key = columns[14].take(40) if flag == b"\1" else b""
            return flag + key + prefixed(columns[14].prefixed(200))
        if kind == 66:
            return columns[14].take(16)
        if kind == 67:
            return varint(columns[14].varint())
        return columns[14].prefixed(4 * MIB)

    def value(self, column):
        flags = self.columns[11].byte()
        out = bytes([flags])
        for bit in (1, 2):
            if flags & bit:
                out += prefixed(column.take(self.columns[11].count(65536)))
        if flags & 4:
            reader = self.columns[12]
            out += self.read_device(reader) + varint(reader.varint()) + varint(reader.varint())
        return out

    def element(self):
        label, column = self.label(1)
        count = self.columns[11].count(1024)
        ordinal = self.columns[11].varint()
        return label + prefixed(column.take(count)) + varint(ordinal)

    def edits(self):
        cursor = self.cursors[self.entry]
        pieces = []
        for _ in range(self.add_items(self.columns[15].count(MIB))):
            position = cursor + self.columns[16].signed()
            demand(0 <= position < 1 << 31, "outOfRange")
            deleted = self.columns[17].varint()
            length = self.columns[18].count(4 * MIB)
            pieces.append(varint(position) + varint(deleted) + prefixed(self.columns[19].take(length)))
            cursor = position + length
        self.cursors[self.entry] = cursor
        return b"".join(pieces)

    def target(self):
        number = self.entry + self.columns[7].signed()
        demand(0 <= number <= len(self.entries), "outOfRange")
        if number == len(self.entries):
            reader = self.columns[8]
            self.entries.append((self.read_device(reader), reader.varint(), reader.count((1 << 32) - 1)))
            self.cursors.append(0)
        self.entry = number
        return self.entries[number]

    def read_device(self, reader):
        number = reader.count(len(self.devices))
        if number == len(self.devices):
            self.devices.append(self.columns[4].take(16))
        return self.devices[number]

    def label(self, space):
        """The label as it stands in a canonical operation, and the column of its values."""
        number = self.columns[10].count(len(self.labels))
        if number == len(self.labels):
            reader = self.columns[9]
            own = reader.byte()
            demand(own <= 2, "outOfRange")
            canonical = reader.take(1) if own == 2 else b""
            canonical += prefixed(reader.prefixed(1024))
            self.labels.append((own, canonical))
        own, canonical = self.labels[number]
        demand(own == space, "outOfRange")
        return canonical, self.columns[min(32 + number, 255)]


class RunHead:
    def __init__(self, reader):
        self.device = reader.take(16)
        self.first = reader.varint()
        demand(self.first <= 1 << 62, "outOfRange")
        size = reader.varint()
        self.count = size >> 1
        demand(self.count <= 65536, "tooLong")
        demand(self.count > 0, "outOfRange")
        self.signature = reader.take(64) if size & 1 else None
        self.section_count = reader.count(4096)
        demand(self.section_count > 0, "outOfRange")


def run_meaning(head, sections, book, previous, known):
    decoder = RunDecoder(head.device, head.first, sections, book, previous, known)
    changes = [decoder.change() for _ in range(head.count)]
    decoder.columns.finish()
    for number, change in enumerate(decoder.ids):
        known[head.device, head.first + number] = change
    meaning = {"device": head.device.hex(), "first": head.first, "count": head.count}
    if head.signature:
        meaning["signature"] = head.signature.hex()
    meaning["sections"] = [section.meaning() for section in sections]
    meaning["changes"] = changes
    return meaning


# Files


class File:
    """The head of a file, then its sections one by one up to the end."""

    def __init__(self, data, kind):
        reader = Reader(data)
        demand(data[:8] == MAGIC, "notAFile")
        reader.take(8)
        demand(reader.varint() == 1, "unknownVersion")
        found = reader.byte()
        self.book = reader.take(32)
        checked = reader.at
        demand(int.from_bytes(reader.take(4), "big") == zlib.crc32(data[:checked]), "checksum")
        demand(found == kind, "otherKind")
        self.reader, self.count = reader, 0

    def any(self):
        section = Section(self.reader)
        self.count += 1
        return section

    def next(self):
        """The next section that may not be skipped; None at the end."""
        while True:
            section = self.any()
            if section.kind >= 0x80:
                continue
            if section.kind != END:
                return section
            inner = Reader(section.raw())
            count = inner.varint()
            inner.finish()
            demand(count == self.count - 1, "sectionOrder")
            self.reader.finish()
            return None

    @staticmethod
    def expect(section, kind):
        demand(section is not None, "sectionOrder")
        if section.kind != kind:
            raise Refused("sectionOrder" if section.kind in IN_FILES | {ROWS, COLUMNS} else "unknownSection")
        return section

    def run(self, section):
        """A run whose head a section should hold: (head, sections)."""
        inner = Reader(self.expect(section, RUN).raw())
        head = RunHead(inner)
        inner.finish()
        sections = []
        for _ in range(head.section_count):
            sections.append(self.any())
            demand(sections[-1].kind not in IN_FILES, "sectionOrder")
        return head, sections


def follow(head, vector):
    demand(head.first == vector.get(head.device, 0), "gap")
    vector[head.device] = head.first + head.count


def runs_meaning(runs, book, known):
    return [
        run_meaning(head, sections, book, known.get((head.device, head.first - 1)), known) for head, sections in runs
    ]


def read_change_file(data):
    file = File(data, 1)
    header_bytes = file.expect(file.next(), HEADER).raw()
    body = b""
    while (section := file.next()) is not None:
        body += file.expect(section, BODY).raw()
        demand(len(body) <= 8 * MIB, "overLimit")
    header, body_hash = read_header(header_bytes)
    operations = read_body(body, bytes.fromhex(header["device"]), header["seq"])
    demand(sha256(body) == body_hash, "bodyHash")
    change = change_id(header_bytes)
    founds = any(operation["op"] == "found" for operation in operations)
    own = bytes.fromhex(header["book"])
    demand(own == ZERO and change == file.book if founds else own == file.book, "otherBook")
    return {
        "book": file.book.hex(),
        "change": {"id": change.hex(), "header": header, "operations": operations},
    }


def read_diff_file(data, known):
    file = File(data, 2)
    base = Reader(file.expect(file.next(), BASE).raw())
    vector = {}
    before = None
    for _ in range(base.count(32768)):
        device = base.take(16)
        demand(before is None or before < device, "outOfOrder")
        before = device
        count = base.varint()
        demand(0 < count <= 1 << 62, "outOfRange")
        vector[device] = count
    base.finish()
    meaning = {"book": file.book.hex(), "base": [[device.hex(), count] for device, count in vector.items()]}
    runs = []
    while (section := file.next()) is not None:
        runs.append(file.run(section))
        follow(runs[-1][0], vector)
    return meaning | {"runs": runs_meaning(runs, file.book, known)}


def read_snapshot_file(data, known):
    file = File(data, 3)
    chunks = []
    vector = {}
    section = file.next()
    while True:
        inner = Reader(file.expect(section, CHUNK).raw())
        epoch = inner.take(16)
        demand(not chunks or chunks[-1][0] == epoch, "outOfOrder")
        first = inner.varint()
        demand(first == (chunks[-1][1] + len(chunks[-1][2]) if chunks else 1), "outOfOrder")
        count = inner.count(65536)
        demand(count > 0, "outOfRange")
        inner.finish()
        runs = []
        for _ in range(count):
            runs.append(file.run(file.next()))
            follow(runs[-1][0], vector)
        chunks.append((epoch, first, runs))
        section = file.next()
        if section is None:
            break
    return {
        "book": file.book.hex(),
        "chunks": [
            {
                "epoch": epoch.hex(),
                "first": first,
                "last": first + len(runs) - 1,
                "runs": runs_meaning(runs, file.book, known),
            }
            for epoch, first, runs in chunks
        ],
    }


# Entry states and light snapshots


class StateReader(Reader):
    """An entry as it is at one version."""

    def read(self):
        device, seq, index = self.take(16), self.varint(), self.count((1 << 32) - 1)
        self.key, self.changes, self.used = (device, seq, index), [(device, seq)], set()
        meaning = {"entry": name_of(device, seq, index), "kind": self.text(1024), "lamport": self.varint()}
        self.devices = self.ascending(lambda: self.take(16), lambda device: device)
        meaning["registers"] = self.ascending(self.register, lambda register: register["key"])
        meaning["sets"] = self.ascending(self.set, lambda field: field["key"])
        for part in meaning["registers"] + meaning["sets"]:
            del part["key"]
        meaning["deletions"] = [stamp["event"] for stamp in self.ascending(self.stamp, lambda stamp: stamp["key"])]
        meaning["touches"] = [stamp["event"] for stamp in self.ascending(self.stamp, lambda stamp: stamp["key"])]
        heads = self.ascending(self.ref, lambda ref: ref)
        meaning["heads"] = [f"{device.hex()}:{seq}" for device, seq in heads]
        limit = (1 << 31) - 1
        meaning["edits"], waiting = self.count(limit), self.count(limit)
        meaning["body"] = self.text(limit)
        self.finish()
        demand(waiting == 0 and self.used == set(range(len(self.devices))), "notCanonical")
        return meaning

    def ascending(self, read, key):
        items = []
        for _ in range(self.count(self.left())):
            item = read()
            demand(not items or key(items[-1]) < key(item), "outOfOrder")
            items.append(item)
        return items

    def ref(self):
        number = self.varint()
        demand(number < len(self.devices), "outOfRange")
        self.used.add(number)
        change = (self.devices[number], self.varint())
        self.changes.append(change)
        return change

    def stamp(self):
        device, seq = self.ref()
        index = self.count((1 << 32) - 1)
        lamport = self.varint()
        return {"event": f"{name_of(device, seq, index)}@{lamport}", "key": (lamport, device, seq, index)}

    def register(self):
        role, name = self.byte(), self.prefixed(1024)
        members, before = [], None
        for _ in range(self.count(self.left())):
            stamp, place = self.stamp(), self.byte()
            if before is not None:
                same = stamp["key"] == before[0] and place > before[1]
                demand(stamp["key"] < before[0] or same, "outOfOrder")
            before = (stamp["key"], place)
            members.append({"event": stamp["event"], "place": place} | read_value(self))
        return {"role": role, "name": utf8(name), "members": members, "key": (role, name)}

    def set(self):
        field = self.prefixed(1024)
        utf8(field)
        elements = self.ascending(self.element, lambda element: element["key"])
        elements.sort(key=lambda element: element["place"])
        for element in elements:
            del element["key"], element["place"]
        return {"field": utf8(field), "elements": elements, "key": field}

    def element(self):
        text = self.prefixed(1024)
        element = {"element": utf8(text), "ordinal": self.count((1 << 32) - 1)}
        additions, before = [], None
        for _ in range(self.count(self.left())):
            stamp = self.stamp()
            order = self.prefixed(64)
            demand(all(digit in ORDER_DIGITS for digit in order) and order[-1:] != b"0", "notCanonical")
            demand(before is None or stamp["key"] < before, "outOfOrder")
            before = stamp["key"]
            additions.append({"event": stamp["event"], "order": utf8(order), "place": (order, stamp["key"])})
        demand(additions, "notCanonical")
        # The last addition says where the element stands.
        return element | additions[0] | {"key": (text, element["ordinal"])}


def read_standing(data):
    reader = Reader(data)
    count = reader.count(32768)
    demand(count > 0, "outOfRange")
    heads = [reader.take(32) for _ in range(count)]
    demand(all(a < b for a, b in zip(heads, heads[1:])), "outOfOrder")
    level = reader.varint()
    demand(level > 0, "outOfRange")
    devices = []
    for _ in range(reader.count(32768)):
        device = reader.take(16)
        demand(not devices or devices[-1][0] < device, "outOfOrder")
        count = reader.varint()
        demand(0 < count <= 1 << 62, "outOfRange")
        devices.append((device, count, reader.text(200)))
    entries = reader.varint()
    reader.finish()
    return heads, level, devices, entries


def read_light_file(data):
    file = File(data, 4)
    standing = file.expect(file.next(), STANDING).raw()
    heads, level, devices, count = read_standing(standing)
    vector = {device: count for device, count, _ in devices}
    sections, section = [], file.next()
    while section is not None and section.kind in (ENTRIES, ENTRIES_GO_ON):
        sections.append(section)
        section = file.next()
    demand(sum(packed.raw_count for packed in sections) <= 256 * MIB, "overLimit")
    everything, waiting, entries, last = b"", b"", [], None
    for packed in sections:
        raw = packed.raw()
        demand((packed.kind == ENTRIES) == (waiting == b""), "sectionOrder")
        everything += raw
        reader = Reader(waiting + raw)
        waiting = b""
        while reader.left():
            start = reader.at
            try:
                state = StateReader(reader.prefixed(256 * MIB))
            except Refused as refusal:
                if str(refusal) != "truncated":
                    raise
                waiting = reader.data[start:]
                break
            entries.append(state.read())
            demand(last is None or last < state.key, "outOfOrder")
            last = state.key
            demand(all(seq < vector.get(device, 0) for device, seq in state.changes), "outOfRange")
    demand(waiting == b"", "truncated")
    demand(len(entries) == count, "outOfRange")
    inner = Reader(file.expect(section, STATE_ID).raw())
    state_id = inner.take(32)
    inner.finish()
    more = file.next()
    if more is not None:
        raise Refused("sectionOrder" if more.kind in IN_FILES | {ROWS, COLUMNS} else "unknownSection")
    demand(sha256(b"valise state\n" + file.book + standing + everything) == state_id, "stateID")
    return {
        "book": file.book.hex(),
        "version": [head.hex() for head in heads],
        "level": level,
        "devices": [[device.hex(), count, name] for device, count, name in devices],
        "entries": entries,
        "id": state_id.hex(),
    }


# Vectors


def decode(what, data, context):
    known = {(bytes.fromhex(c["device"]), c["seq"]): bytes.fromhex(c["id"]) for c in context.get("known", [])}
    if what == "header":
        header, body_hash = read_header(data)
        return {"header": header, "body hash": body_hash.hex(), "id": change_id(data).hex()}
    if what in ("body", "text"):
        operations = read_body(data, bytes.fromhex(context["device"]), context["seq"])
        return apply_edits(context["text"], operations) if what == "text" else operations
    if what == "section":
        reader = Reader(data)
        section = Section(reader)
        reader.finish()
        return section.meaning()
    if what == "run":
        reader = Reader(data)
        head = RunHead(reader)
        sections = [Section(reader) for _ in range(head.section_count)]
        reader.finish()
        previous = bytes.fromhex(context["previous"]) if "previous" in context else None
        return run_meaning(head, sections, bytes.fromhex(context["book"]), previous, known)
    if what == "change":
        return read_change_file(data)
    if what == "diff":
        return read_diff_file(data, known)
    if what == "snapshot":
        return read_snapshot_file(data, known)
    if what == "light":
        return read_light_file(data)
    raise ValueError(f"nobody knows what a {what} is")


if __name__ == "__main__":
    decoding.main(decode, "formats")
