"""What both decoders share: reading bytes within bounds, and comparing vectors with what a decoder makes of them.

Standard library only; written from Protocol/formats.md (Conventions) and not from the Swift.
"""

import hashlib
import json
import pathlib
import sys


class Refused(Exception):
    """The bytes are not what they should be; the name is one of the document's errors."""

    def __init__(self, name):
        super().__init__(name)
        self.name = name


def demand(condition, name):
    if not condition:
        raise Refused(name)


def sha256(data):
    return hashlib.sha256(data).digest()


class Reader:
    """Takes bytes and varints from the front. Errors have the names of formats.md, or all the one name of `error`."""

    error = None

    def __init__(self, data):
        self.data = data
        self.at = 0

    def demand(self, condition, name):
        demand(condition, self.error or name)

    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        self.demand(count <= self.left(), "truncated")
        self.at += count
        return self.data[self.at - count : self.at]

    def byte(self):
        return self.take(1)[0]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            self.demand(value < 1 << 64 and shift <= 63, "outOfRange")
            if byte < 0x80:
                self.demand(byte != 0 or shift == 0, "notShortest")
                return value
            shift += 7
            self.demand(shift <= 63, "outOfRange")

    def finish(self):
        self.demand(self.left() == 0, "trailing")


def complaint(path, decode):
    """What is wrong about a vector; None when it is as it says."""
    vector = json.loads(path.read_text(encoding="utf-8"))
    try:
        meaning = decode(vector["what"], bytes.fromhex(vector["hex"]), vector.get("context", {}))
    except Refused as refused:
        return None if refused.name == vector["expect"] else f"refused as {refused.name}, not {vector['expect']}"
    if vector["expect"] != "ok":
        return f"accepted, not {vector['expect']}"
    return None if meaning == vector["meaning"] else f"means {json.dumps(meaning)}"


def main(decode, kind):
    """Reads all vectors of a kind, below the folder that the command line names or in it, and exits."""
    root = pathlib.Path(__file__).resolve().parent.parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "Protocol/vectors"
    failed = 0
    paths = sorted((folder / kind).glob("*.json")) or sorted(folder.glob("*.json"))
    for path in paths:
        problem = complaint(path, decode)
        if problem:
            failed += 1
            print(f"{path.name}: {problem}")
    print(f"{len(paths)} {kind} vectors, {failed} read otherwise")
    sys.exit(1 if failed or not paths else 0)
