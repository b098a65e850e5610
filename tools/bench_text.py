#!/usr/bin/env python3
"""What it costs to ask, and to take back, with a text that two people have edited for long.

Each book has one note of about 8 KB with so many edits, half by each of two people, who take in each other's every 32; so
every zone is a merge. With --beside the note lies in a book of as many notes as that. `tools/bench text` builds the programs
and calls this. Needs the standard library only.
"""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile

import bench_book
from bench_systems import Broken, Workplace

NOTE = "notes/long.md"


def commands(edits):
    return {
        "open": ["status"],
        "blame": ["blame", NOTE],
        "undo": ["undo"],
        "redo": ["redo"],
        "passages": ["passages"],
        "show": ["show", f"{NOTE}@~{edits // 2}"],
        "diff": ["diff", f"~{edits // 2}"],
        "history": ["history", NOTE],
        "log": ["log"],
    }


def measure(place, programs, edits, beside, repeats):
    """The least CPU seconds of each command, over some runs."""
    book = place.folder / f"book-{edits}"
    making = [str(programs / "valise-measure"), "long-text", "--edits", str(edits), str(book)]
    if beside:
        notes = place.folder / "beside"
        if not notes.exists():
            bench_book.write(bench_book.book(beside), notes)
        making[2:2] = ["--beside", str(notes)]
    place.run(making)
    least = {}
    for _ in range(repeats):
        for name, words in commands(edits).items():
            _, seconds = place.run([str(programs / "valise"), "-C", str(book)] + words)
            least[name] = min(seconds, least.get(name, seconds))
    shutil.rmtree(book)
    return least


def main():
    parser = argparse.ArgumentParser(prog="tools/bench text", description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--edits", default="1000,2000,4000,8000,16000", help="of the note, a book for each number")
    parser.add_argument("--beside", type=int, default=0, metavar="N", help="other notes in the book")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    parser.add_argument("--dir", default=tempfile.gettempdir(), help="where the books are made")
    options = parser.parse_args()
    place, rows = Workplace(options.dir), []
    try:
        for edits in map(int, options.edits.split(",")):
            row = measure(place, pathlib.Path(options.programs), edits, options.beside, options.repeats)
            if not rows:
                print("CPU seconds of a command, the least of", options.repeats)
                print("   edits" + "".join(f"{name:>10}" for name in row))
            print(f"{edits:8,}" + "".join(f"{seconds:10.3f}" for seconds in row.values()), flush=True)
            rows.append({"edits": edits, "notes": options.beside + 1, **row})
    except Broken as broken:
        sys.exit(f"bench text: {broken}")
    finally:
        shutil.rmtree(place.folder, ignore_errors=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
