#!/usr/bin/env python3
"""What a book's size costs: the length of its history, its entries, the laptops that write in it; one grows at a time.

Every history is made by `valise-measure grow`: people put a word for a word of a note, two at a time, in runs of four
changes. A book is made of it by `restore-from`, published, and joined by a second laptop; then both edit one note, and the
second one merges. `tools/bench scale` builds the programs and calls this. Needs time beside the standard library.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import sys
import tempfile
import typing

import bench_book
from bench_systems import Broken, Valise, Workplace, apply, bytes_in, contents

HISTORY = (1_000, 10_000, 100_000, 1_000_000)
ENTRIES = (10, 100, 1_000, 10_000)
DEVICES = (1, 10, 100, 500)


class Size(typing.NamedTuple):
    changes: int
    entries: int
    devices: int


class Book:
    """One size: what it costs in seconds of the clock and of the CPU, in memory, on disk."""

    def __init__(self, size, options, place):
        self.size, self.options, self.place = size, options, place
        self.valise = str(options.programs / "valise")
        self.measure_program = str(options.programs / "valise-measure")
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="size-", dir=place.folder))
        self.figures = {"changes": size.changes, "entries": size.entries, "devices": size.devices}

    def run(self):
        snapshot = self.make()
        a, b = self.root / "a", self.root / "b"
        self.once("load", [self.valise, "restore-from", str(snapshot), str(a), "--name", "Anne Martin"], memory=True)
        system = Valise(self.place, self.root.name, self.options)
        try:
            self.once("publish", [self.valise, "publish", system.url, "-C", str(a)])
            self.once("join", [self.valise, "join", system.url, str(b), "--name", "Paul Roux"])
            self.often(a, b)
            self.figures["laptop_bytes"] = bytes_in(a / ".valise")
            self.figures["server_kib"] = system.server.peak_during(lambda: None)
        finally:
            system.server.end()
        self.figures["server_bytes"] = bytes_in(system.root / "served")
        shutil.rmtree(self.root)
        shutil.rmtree(system.root)
        return self.figures

    def make(self):
        """A snapshot with so many changes, in the end."""
        first, short, long = self.root / "first", self.root / "short.vls", self.root / "long.vls"
        bench_book.write(self.options.notes(self.size.entries), first)
        self.place.run([self.valise, "new", str(first), "--name", "Anne Martin"])
        self.place.run([self.valise, "export", "--snapshot", str(short), "-C", str(first)])
        self.place.run([self.measure_program, "grow", "--changes", str(self.size.changes), "--devices",
                        str(self.size.devices), str(short), str(long)])
        self.figures["snapshot_bytes"] = long.stat().st_size
        return long

    def once(self, what, command, memory=False):
        self.figures[what], self.figures[what + "_cpu"] = self.place.run(command)
        if memory:
            shutil.rmtree(command[3])
            self.figures[what + "_kib"] = self.place.peak(command)

    def often(self, a, b):
        samples = {}

        def measure(what, *command):
            wall, cpu = self.place.run([self.valise, *command])
            samples.setdefault(what, []).append(wall)
            samples.setdefault(what + "_cpu", []).append(cpu)

        paths = [note.path for note in self.options.notes(self.size.entries)]
        for turn in range(self.options.reps + 1):
            path = paths[7 * turn % len(paths)]
            word = "measured" + "abcdefghijklmnopqrstuvwxyz"[turn % 26]
            apply(a, [(path, 0, 0.5, word, True)])
            measure("edit", "save", "-C", str(a))
            measure("status", "status", "-C", str(a))
            apply(b, [(path, 2, 0.5, word, True)])
            self.place.run([self.valise, "save", "-C", str(b)])
            self.place.run([self.valise, "sync", "-C", str(a)])
            if turn:
                measure("merge", "sync", "-C", str(b))
            else:
                self.figures["merge_kib"] = self.place.peak([self.valise, "sync", "-C", str(b)])
            self.place.run([self.valise, "sync", "-C", str(a)])
            if contents(a) != contents(b):
                raise Broken(f"{self.size}: the two laptops differ")
        self.figures["status_kib"] = self.place.peak([self.valise, "status", "-C", str(a)])
        self.figures |= {what: statistics.median(values) for what, values in samples.items()}


def table(rows, axis):
    lines = [f"| {axis} | load, s | status, s | one edit, s | one merge, s | load, status, merge, server: MiB "
             "| laptop, server, snapshot: MB | a change: load, ms; disk, bytes |", "|---:" * 8 + "|"]
    for row in rows:
        timed = [f"{row[what]:.3f} ({row[what + '_cpu']:.3f})" for what in ("load", "status", "edit", "merge")]
        memory = ", ".join(f"{row[what] / 1024:.0f}" for what in ("load_kib", "status_kib", "merge_kib", "server_kib"))
        disk = ", ".join(f"{row[what] / 1e6:.1f}" for what in ("laptop_bytes", "server_bytes", "snapshot_bytes"))
        share = f"{1000 * row['load_cpu'] / row['changes']:.3f}; {row['laptop_bytes'] / row['changes']:.0f}"
        lines.append("| " + " | ".join([f"{row[axis]:,}", *timed, memory, disk, share]) + " |")
    return lines


def numbers(words):
    return [int(word) for word in words.split(",") if word]


def main():
    parser = argparse.ArgumentParser(prog="tools/bench scale", description=__doc__.splitlines()[0])
    parser.add_argument("--changes", type=numbers, default=HISTORY, help="lengths of the history, with 1,000 entries and 5 laptops")
    parser.add_argument("--entries", type=numbers, default=ENTRIES, help="numbers of entries, with 20,000 changes")
    parser.add_argument("--devices", type=numbers, default=DEVICES, help="numbers of laptops, with 10,000 changes and 100 entries")
    parser.add_argument("--reps", type=int, default=5, help="repetitions of what is short (5)")
    parser.add_argument("--json", type=pathlib.Path, help="a file for all figures")
    parser.add_argument("--dir", type=pathlib.Path, help="where to work (the system's folder for temporary files)")
    parser.add_argument("--seed", default=bench_book.SEED, help="another book")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.rtt, made = 0, {}

    def notes(count):
        if count not in made:
            made[count] = bench_book.book(count, options.seed)
        return made[count]

    options.notes = notes
    axes = [("changes", [Size(count, 1_000, 5) for count in options.changes]),
            ("entries", [Size(20_000, count, 5) for count in options.entries]),
            ("devices", [Size(10_000, 100, count) for count in options.devices])]
    place, figures = Workplace(options.dir), {}
    try:
        print("Seconds of the clock, in brackets of the CPU; medians where a thing is short.\n")
        for axis, sizes in axes:
            for each in sizes:
                figures.setdefault(axis, []).append(Book(each, options, place).run())
                print(f"{axis}: {each}", file=sys.stderr)
            print("\n".join(table(figures.get(axis, []), axis)) + "\n", flush=True)
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))
    except (Broken, TimeoutError) as error:
        sys.exit(f"tools/bench: {error}")
    finally:
        shutil.rmtree(place.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
