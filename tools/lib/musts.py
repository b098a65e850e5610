"""Lists the MUSTs of Protocol/ that have no number, and the numbers that lack an accepted or a refused vector.

A MUST is numbered where it stands (F12 in formats.md, W7 in wire.md). A vector is a JSON file below Protocol/vectors whose
name begins with the numbers that it shows, such as F12-long-varint.json or F3-F12-empty.json, and whose "expect" is "ok",
or the name of the error that refuses it. A file may also hold a list of vectors, each with an "expect" and, where the
file's name does not say it, a "must".
"""

import json
import pathlib
import re
import sys
import tempfile

NUMBER = re.compile(r"\b[A-Z]\d{1,3}\b")
MUST = re.compile(r"\bMUST\b")
NAME = re.compile(r"^((?:[A-Z]\d{1,3}-)+)")
PROSE = {"README.md", "CHANGELOG.md", "record.md", "rules.md"}


def units(text):
    """List items, table rows and paragraphs, each with its first line's number; code blocks left out."""
    unit, start, fenced = [], 0, False
    for number, line in enumerate(text.splitlines() + [""], 1):
        fence = line.lstrip().startswith("```")
        begins = fence or not line.strip() or re.match(r"\s*([-*|#]|\d+\.)", line)
        if begins and unit:
            yield start, " ".join(unit)
            unit = []
        if fence:
            fenced = not fenced
        elif not fenced and line.strip():
            if not unit:
                start = number
            unit.append(line.strip())
    if unit:
        yield start, " ".join(unit)


def musts(document):
    """The numbers that a document states, and the lines of MUSTs without one."""
    stated, bare = set(), []
    for line, unit in units(document.read_text(encoding="utf-8")):
        if MUST.search(unit):
            numbers = NUMBER.findall(unit)
            stated.update(numbers)
            if not numbers:
                bare.append(f"{document.name}:{line}: a MUST without a number")
    return stated, bare


def vectors(folder):
    """(number, accepted) for each vector and each number that it shows."""
    for path in sorted(folder.rglob("*.json")):
        name = NAME.match(path.name)
        named = name.group(1).strip("-").split("-") if name else []
        content = json.loads(path.read_text(encoding="utf-8"))
        listed = content.get("vectors", [content]) if isinstance(content, dict) else content
        for vector in listed:
            if not isinstance(vector, dict) or "expect" not in vector:
                continue
            said = vector.get("must", [])
            for number in named + ([said] if isinstance(said, str) else said):
                yield number, vector["expect"] == "ok"


def check(protocol):
    """All complaints about a Protocol folder."""
    complaints, stated = [], set()
    for document in sorted(protocol.glob("*.md")):
        if document.name not in PROSE:
            numbers, bare = musts(document)
            stated |= numbers
            complaints += bare
    shown = set(vectors(protocol / "vectors"))
    for number in sorted(stated, key=lambda n: (n[0], int(n[1:]))):
        lacking = [word for word, good in (("accepted", True), ("refused", False)) if (number, good) not in shown]
        if lacking:
            complaints.append(f"{number}: no {' and no '.join(lacking)} vector")
    return stated, complaints


def prove():
    """This program on a folder with one gap of each sort: a check that finds nothing there would find nothing anywhere."""
    document = "- It MUST be (F1).\n- It MUST.\n\n```\nMUST F9\n```\nF2 MUST\n\n| F3 | MUST NOT |\n"
    files = {"F1-a.json": {"expect": "ok"}, "F1-F2-b.json": {"expect": "truncated"}}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "vectors").mkdir()
        (folder / "formats.md").write_text(document, encoding="utf-8")
        for file, content in files.items():
            (folder / "vectors" / file).write_text(json.dumps(content), encoding="utf-8")
        found = check(folder)[1]
    expected = ["formats.md:2: a MUST without a number", "F2: no accepted vector", "F3: no accepted and no refused vector"]
    if found != expected:
        sys.exit(f"musts.py does not find what was planted: {found}")


if __name__ == "__main__":
    prove()
    stated, complaints = check(pathlib.Path(sys.argv[1]))
    print("\n".join(complaints + [f"{len(stated)} MUSTs, {len(complaints)} complaints"]))
    sys.exit(1 if complaints else 0)
