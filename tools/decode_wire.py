#!/usr/bin/env python3
"""A second reader of Valise's wire, written from Protocol/wire.md and not from the Swift.

Reads every file of Protocol/vectors/wire: one frame, all that a client sends, or all that a server answers. Compares what
it means, or the name of the error that refuses it, with what the file says. Needs the standard library only. Prints a
closing count; exits 1 when anything differs. Chain hashes are computed, signatures are not checked.

usage: tools/decode_wire.py [FOLDER], which holds the vectors, or their folder `wire`
"""

import re
import zlib

import decoding
from decoding import Refused, sha256

MIB = 1 << 20
MOST = 1 << 62
WINDOW = MIB
LARGEST = 16 * MIB
MAGIC = bytes.fromhex("8956414c490d0a")
NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
END = 1

# type: name, limit, may end
KNOWN = {
    0x01: ("HELLO", 4096, False),
    0x02: ("OPEN", 4096, True),
    0x03: ("WELCOME", 4096, True),
    0x10: ("RUN", 4096, True),
    0x11: ("SECTION", MIB + 64, False),
    0x12: ("LOGGED", 4096, True),
    0x13: ("OWN", 4096, True),
    0x14: ("ACK", 4096, True),
    0x15: ("VECTOR", 106512, True),
    0x16: ("REACHED", 4096, True),
    0x20: ("CREDIT", 4096, False),
    0x21: ("PING", 8, False),
    0x22: ("PONG", 8, False),
    0x23: ("ERROR", 4096, False),
    0x24: ("GOODBYE", 4096, False),
    0x30: ("NOTIFY", 4096, False),
    0x31: ("FOLLOW", 4096, True),
    0x32: ("KEPT", 4096, False),
}
# Read by whoever agreed to be told, skipped by everybody else.
RECEIVED = ("RECEIVED", 65536, False)
FOLLOWING, TOLD = 1, 4  # features


def demand(condition, name="BAD_ENCODING"):
    decoding.demand(condition, name)


# Payloads


class Reader(decoding.Reader):
    error = "BAD_ENCODING"

    def varint(self, low=0, high=(1 << 64) - 1):
        value = super().varint()
        demand(low <= value <= high)
        return value

    def hex(self, count):
        return self.take(count).hex()

    def head(self):
        """How many changes of a device, and the id of the last."""
        count = self.varint(0, MOST)
        return count, self.hex(32) if count else ""

    def name(self):
        text = self.take(self.varint(0, 100))
        demand(NAME.fullmatch(text))
        return text.decode()

    def received(self):
        """News of other laptops."""
        mark = self.varint(1, MOST)
        laptops = [
            {"device": self.hex(16), "changes": self.varint(0, MOST)} for _ in range(self.varint(0, 150))
        ]
        ids = [laptop["device"] for laptop in laptops]
        demand(all(a < b for a, b in zip(ids, ids[1:])))
        return {"mark": mark, "laptops": laptops}

    def extensions(self, where=None):
        """The window; in HELLO and WELCOME what tag 80 says, too."""
        window, last, unknown = WINDOW, -1, False
        said = {"hello": 0, "welcome": {}}.get(where)
        while self.left():
            tag = self.varint()
            demand(tag > last)
            last = tag
            inner = Reader(self.take(self.varint(0, 4096)))
            if tag == 1:
                window = inner.varint(65536, LARGEST)
                demand(window != WINDOW)
                inner.finish()
            elif tag == 0x80 and where:
                said = inner.varint(1, MOST) if where == "hello" else inner.received()
                inner.finish()
            elif tag < 0x80:
                unknown = True
        demand(not unknown, "FEATURE")
        return (window, said) if where else window


def read_payload(name, data):
    reader = Reader(data)
    value = globals()["read_" + name.lower()](reader)
    reader.finish()
    return value


def read_hello(reader):
    oldest, newest, features = reader.varint(), reader.varint(), reader.varint()
    demand(1 <= oldest <= newest)
    value = {"oldest": oldest, "newest": newest, "features": features, "device": reader.hex(16)}
    value["window"], value["mark"] = reader.extensions("hello")
    return value


def read_open(reader):
    form = reader.take(1)[0]
    if form == 0:
        return {"book": reader.hex(32)}
    if form == 1:
        return {
            "book": reader.hex(32),
            "epoch": reader.hex(16),
            "position": reader.varint(0, MOST),
            "chain": reader.hex(16),
        }
    if form == 2:
        return {"name": reader.name()}
    demand(form == 3)
    return {"name": reader.name(), "book": reader.hex(32)}


def read_welcome(reader):
    version, features, flags = reader.varint(), reader.varint(), reader.take(1)[0]
    demand(flags in (0, 1, 2, 4, 5, 6))
    value = {
        "version": version,
        "features": features,
        "standing": flags & 3,
        "epoch": reader.hex(16),
        "position": reader.varint(0, MOST),
        "chain": reader.hex(16),
    }
    value["count"], value["last"] = reader.head()
    value["book"] = reader.hex(32) if flags & 4 else ""
    value["window"], value["received"] = reader.extensions("welcome")
    return value


def read_run(reader):
    first = reader.varint(0, MOST)
    size = reader.varint(2, 131073)
    device = reader.hex(16) if size & 1 else ""
    return {
        "device": device,
        "first": first,
        "count": size >> 1,
        "signature": reader.hex(64),
        "sections": reader.varint(1, 4096),
    }


def read_section(reader):
    kind, size = reader.take(1)[0], reader.varint(2, 2 * MIB + 1)
    count, deflated = size >> 1, bool(size & 1)
    raw = reader.varint(count + 1, MIB) if deflated else count
    checksum = int.from_bytes(reader.take(4), "big")
    packed = reader.take(count)
    demand(zlib.crc32(packed) == checksum, "BAD_CHECKSUM")
    return {"kind": kind, "raw": raw, "deflated": deflated, "packed": packed.hex()}


def read_logged(reader):
    return {
        "device": reader.hex(16),
        "first": reader.varint(0, MOST),
        "count": reader.varint(1, 65536),
        "signature": reader.hex(64),
        "id": reader.hex(32),
        "sections": reader.varint(1, 4096),
    }


def read_own(reader):
    first, size = reader.varint(0, MOST), reader.varint(2, 131073)
    return {"first": first, "count": size >> 1, "id": reader.hex(32) if size & 1 else ""}


def read_ack(reader):
    value = {"epoch": reader.hex(16), "position": reader.varint(0, MOST), "chain": reader.hex(16)}
    value["count"], value["last"] = reader.head()
    reader.extensions()
    return value


def read_vector(reader):
    devices = [
        {"device": reader.hex(16), "count": reader.varint(1, MOST)} for _ in range(reader.varint(0, 4096))
    ]
    ids = [device["device"] for device in devices]
    demand(all(a < b for a, b in zip(ids, ids[1:])))
    return {"devices": devices}


def read_reached(reader):
    return {"position": reader.varint(0, MOST), "chain": reader.hex(32)}


def read_notify(reader):
    return {"position": reader.varint(0, MOST), "chain": reader.hex(16)}


read_follow = read_kept = read_notify


def read_received(reader):
    return reader.received()


def read_credit(reader):
    return {"bytes": reader.varint(1, LARGEST)}


def read_ping(reader):
    return {"bytes": reader.hex(reader.left())}


read_pong = read_ping


def read_error(reader):
    code, flags = reader.varint(0, 65535), reader.take(1)[0]
    demand(flags <= 1)
    after = reader.varint(0, (1 << 32) - 1) if flags else 0
    detail = reader.take(reader.varint(0, 256))
    try:
        return {"code": code, "retry": bool(flags), "after": after, "detail": detail.decode()}
    except UnicodeDecodeError:
        raise Refused("BAD_ENCODING") from None


def read_goodbye(reader):
    return {"after": reader.varint(0, (1 << 32) - 1)}


# Frames


class Frames:
    """A stream of frames; `shy` until HELLO is there."""

    def __init__(self, data, shy=False):
        self.data = data
        self.at = 0
        self.shy = shy
        self.told = False

    def next(self):
        """Type's name, whether it ends, payload, size; a name of None for what is skipped; None at the end."""
        header = self.data[self.at : self.at + 6]
        if len(header) < 6:
            return None
        length, kind, flags = int.from_bytes(header[:4], "big"), header[4], header[5]
        unknown = RECEIVED if kind == 0x80 and self.told else (None, 65536, False)
        name, limit, may_end = KNOWN.get(kind, unknown)
        demand(name or kind >= 0x80, "UNKNOWN_FRAME")
        demand(length <= (min(limit, 4096) if self.shy else limit), "TOO_LARGE")
        if name:
            demand(flags == 0 or (flags == END and may_end))
        payload = self.data[self.at + 6 : self.at + 6 + length]
        if len(payload) < length:
            return None
        self.at += 6 + length
        return name, flags == END, read_payload(name, payload) if name else None, 6 + length


# What a server makes of a client


class Server:
    """A server whose chain hashes are all zero, and whose log grows each time that all is answered."""

    def __init__(self, growth):
        self.growth = growth
        self.features = 0
        self.log = self.place = self.told = self.kept = 0
        self.notified = False

    def rest(self):
        self.place = self.log
        self.log += self.growth
        self.notified = bool(self.features & FOLLOWING and self.growth)
        self.told += self.notified

    def keep(self):
        if self.features & TOLD:
            self.kept = max(self.kept, self.place)

    def is_at(self, value):
        return value["position"] == self.place and value["chain"] == "00" * 16


def read_flight(data, context):
    server = Server(context.get("growth", 0))
    meaning = read_flight_of(server, data, context)
    return meaning | {"told": server.told, "kept": server.kept}


def read_flight_of(server, data, context):
    demand(data[:7] == MAGIC[: len(data[:7])], "BAD_MAGIC")
    if len(data) < 8:
        return {"runs": 0, "answers": 0, "state": "handshake"}
    demand(data[7] == 1, "VERSION")
    frames = Frames(data[8:], shy=True)
    state, runs, answers, credit = "hello", 0, 0, WINDOW
    left, last = 0, False  # sections to come, and whether the flight ends with them
    while frame := frames.next():
        name, ends, value, _ = frame
        if name in (None, "PING", "PONG"):
            continue
        if name in ("ERROR", "GOODBYE"):
            return {"runs": runs, "answers": answers, "state": "closed"}
        if name == "CREDIT" and state not in ("hello", "open"):
            credit += value["bytes"]
            demand(credit <= LARGEST, "FLOW")
        elif state == "hello" and name == "HELLO":
            demand(value["oldest"] <= 1 <= value["newest"], "VERSION")
            credit += value["window"] - WINDOW
            server.features = value["features"] & (FOLLOWING | TOLD)
            frames.shy, state = False, "open"
        elif state == "open" and name == "OPEN":
            server.log = value.get("position", 0)
            if "epoch" in value and context["standing"]:
                state = "void"
                answers += 1
            else:
                server.place = server.log
                server.keep()
                state = "rest" if ends else "flight"
                answers += ends
                if ends:
                    server.rest()
        elif state == "void" and name in ("RUN", "SECTION"):
            continue
        elif state == "void" and name == "VECTOR":
            state = "rest" if ends else "flight"
            answers += ends
            if ends:
                server.rest()
        elif state == "rest" and name == "FOLLOW":
            demand(ends and server.notified and server.is_at(value), "WRONG_ORDER")
            server.keep()
            answers += 1
            server.rest()
        elif state == "rest" and name == "KEPT":
            demand(server.features & TOLD and server.is_at(value), "WRONG_ORDER")
            server.keep()
        elif state in ("flight", "rest") and name == "RUN" and not left:
            state, left, last = "flight", value["sections"], ends
        elif state == "flight" and name == "SECTION" and left:
            left -= 1
            if not left:
                runs += 1
                if last:
                    state = "rest"
                    answers += 1
                    server.rest()
        else:
            raise Refused("WRONG_ORDER")
    state = {"hello": "handshake", "open": "handshake", "rest": "resting"}.get(state, "open")
    return {"runs": runs, "answers": answers, "state": state}


# What a client makes of a server


def chain_after(chain, change):
    return sha256(chain + b"\x01" + change)


class Answer:
    """The answers that a client reads, flight by flight."""

    def __init__(self, context):
        self.context = context
        self.cursor = context.get("cursor")
        self.state = "welcome"
        self.runs = context["runs"]
        self.welcome = self.ack = None
        self.chained = True
        self.assembly = None
        self.delivered = []
        self.place = None
        self.credit = WINDOW
        self.offered = context.get("features", 0)
        self.agreed = 0
        self.target = self.named = self.notified = None
        self.owes = False
        self.rests = self.kept = 0
        self.received = []
        self.meaning = {"finished": False}
        self.news = None

    def hear(self, value):
        """NOTIFY: at rest, or while the ack of a later flight is due."""
        may = self.state == "rest" or (self.state == "ack" and self.chained and self.rests)
        fresh = self.place and value["position"] > self.place[0] and not self.notified
        demand(self.agreed & FOLLOWING and may and fresh, "WRONG_ORDER")
        self.notified = value
        if self.state == "rest":
            self.follow()

    def follow(self):
        self.target, self.notified, self.named, self.ack, self.state = self.notified, None, None, None, "runs"
        self.chained = True

    def rest(self):
        """All of the answer is kept."""
        self.rests += 1
        if self.owes and self.agreed & TOLD:
            self.owes = False
            self.kept += 1
        self.meaning = {
            "finished": True,
            "delivered": list(self.delivered),
            "position": self.place[0],
            "chain": self.place[1].hex(),
            "news": self.news,
            "acknowledged": self.ack["count"] if self.ack else 0,
        }
        self.news = "none"
        if not self.agreed & FOLLOWING:
            self.state = "done"
            return
        self.state = "rest"
        later = self.context.get("later", 0) if self.rests == 1 else 0
        if self.notified:
            self.follow()
        elif later:
            self.state, self.chained, self.ack = "ack", True, None

    def take(self, name, ends, value):
        if self.state == "welcome" and name == "WELCOME":
            self.welcomed(value, ends)
        elif self.state == "vector" and name == "VECTOR":
            demand(ends, "WRONG_ORDER")
            self.chained, self.runs, self.state = False, self.context["beyond"], "ack"
        elif self.state == "ack" and name == "ACK":
            least = (self.notified or self.target)["position"]
            demand(value["epoch"] == self.welcome["epoch"] and value["position"] >= least, "WRONG_ORDER")
            self.ack, self.state = value, "runs"
            self.target, self.named, self.notified = value, (value["count"], value["last"]), None
            self.proceed(ends)
        elif self.state == "runs" and name == "LOGGED" and not self.assembly:
            self.assembly = [value["sections"], value["id"], ends]
        elif self.state == "runs" and name == "SECTION" and self.assembly:
            self.assembly[0] -= 1
            if not self.assembly[0]:
                _, change, ends = self.assembly
                self.assembly = None
                self.owes = True
                self.took(change, change, ends)
        elif self.state == "runs" and name == "OWN" and not self.assembly and self.chained:
            change = value["id"]
            if not change:
                demand(self.named and self.named[0] == value["first"] + value["count"])
                change = self.named[1]
            self.took(change, "own " + change, ends)
        elif self.state == "runs" and name == "REACHED" and not self.assembly and not self.chained:
            good = ends and value["position"] == self.ack["position"]
            demand(good and value["chain"].startswith(self.ack["chain"]), "WRONG_ORDER")
            self.place = value["position"], bytes.fromhex(value["chain"])
            self.rest()
        elif name == "NOTIFY":
            self.hear(value)
        else:
            raise Refused("WRONG_ORDER")

    def welcomed(self, value, ends):
        demand(value["version"] == 1, "VERSION")
        demand(value["features"] & ~self.offered == 0, "FEATURE")
        demand(bool(value["book"]) == self.context["by name"])
        self.welcome = self.target = value
        self.named = value["count"], value["last"]
        self.agreed = value["features"]
        self.news = ["none", "newEpoch", "rollback"][value["standing"]]
        if value["received"] and self.agreed & TOLD:
            self.received.append(value["received"])
        self.credit += value["window"] - WINDOW
        if value["standing"]:
            demand(self.cursor and not ends, "WRONG_ORDER")
            self.state = "vector"
            return
        if self.cursor:
            demand(self.cursor["epoch"] == value["epoch"])
            self.place = self.cursor["position"], bytes.fromhex(self.cursor["chain"])
        else:
            book = bytes.fromhex(value["book"] or self.context["book"])
            self.place = 0, sha256(b"valise book" + book)
        self.state = "ack" if self.runs else "runs"
        demand(not (ends and self.runs), "WRONG_ORDER")
        self.proceed(ends)

    def took(self, change, said, ends):
        if self.chained:
            demand(self.place[0] < self.target["position"], "WRONG_ORDER")
            self.place = self.place[0] + 1, chain_after(self.place[1], bytes.fromhex(change))
        self.delivered.append(said)
        self.proceed(ends)

    def proceed(self, ends):
        if ends:
            demand(self.chained, "WRONG_ORDER")
            goal = self.target
            good = self.place[0] == goal["position"] and self.place[1].hex().startswith(goal["chain"])
            demand(good, "ROLLBACK")
            self.rest()

    def says(self):
        if self.offered:
            return self.meaning | {"rests": self.rests, "kept": self.kept, "received": self.received}
        return self.meaning


def read_answer(data, context):
    answer = Answer(context)
    frames = Frames(data)
    # The client closes once the answer is whole: what comes behind it is nobody's.
    while answer.state != "done" and (frame := frames.next()):
        name, ends, value, _ = frame
        if name in (None, "PING", "PONG"):
            continue
        if name in ("ERROR", "GOODBYE"):
            answer.meaning = {"finished": False, "failed": "refused"}
            return answer.says()
        if name == "RECEIVED":
            answer.received.append(value)
            continue
        if name == "CREDIT":
            answer.credit += value["bytes"]
            demand(answer.credit <= LARGEST, "FLOW")
            continue
        answer.take(name, ends, value)
        frames.told = bool(answer.agreed & TOLD)
    return answer.says()


# Vectors


def decode(what, data, context):
    if what == "frame":
        name, ends, value, size = Frames(data).next()
        assert size == len(data), "more than a frame"
        return {"skipped": True} if name is None else {"type": name, "ends": ends, "payload": value}
    return {"flight": read_flight, "answer": read_answer}[what](data, context)


if __name__ == "__main__":
    decoding.main(decode, "wire")
