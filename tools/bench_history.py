#!/usr/bin/env python3
"""What a long history costs, beside Git after its `gc` in the same run: disk on both ends, old versions, a fresh laptop.

Both systems get the same edits: one word of one note, saved and sent to a server at once, again and again. Then Git packs
what it has, on the laptop and on the server; Valise is left as it is. `tools/bench history` builds the programs and calls
this. Needs git beside the standard library.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys

import bench_book
from bench_systems import Broken, Editor, Git, Valise, Workplace, apply, bytes_in, contents


class GitHistory(Git):
    def version(self, folder):
        self.place.run(self.at(folder, "rev-parse", "HEAD"))
        return self.place.output.read_text().strip()

    def pack(self, folder):
        return [self.at(folder, "gc", "-q"), self.at(self.root / "served/book", "gc", "-q")]

    def own(self, folder):
        return folder / ".git"

    def old_note(self, folder, version, path):
        return self.at(folder, "show", f"{version}:{path}")

    def old_book(self, folder, version):
        return self.at(folder, "checkout", "-q", version)

    def new_book(self, folder):
        return self.at(folder, "checkout", "-q", "main")

    def comparison(self, folder, version):
        return self.at(folder, "diff", version)

    def list(self, folder):
        return self.at(folder, "log")


class ValiseHistory(Valise):
    def __init__(self, place, tag, options):
        super().__init__(place, tag, options)
        self.place = place

    def version(self, folder):
        self.place.run(self.at(folder, "log", "-n", "1", "--json"))
        return json.loads(self.place.output.read_text())["version"]

    def pack(self, folder):
        return []

    def own(self, folder):
        return folder / ".valise"

    def old_note(self, folder, version, path):
        return self.at(folder, "show", "--raw", f"{path}@{version}")

    def old_book(self, folder, version):
        return self.at(folder, "restore", version)

    def new_book(self, folder):
        return self.at(folder, "undo")

    def comparison(self, folder, version):
        return self.at(folder, "diff", version)

    def list(self, folder):
        return self.at(folder, "log", "-n", "100000")


class History:
    def __init__(self, options, place):
        self.options, self.place = options, place
        self.notes = bench_book.book(options.notes, options.seed)
        self.systems = [kind(place, "history", options) for kind in (GitHistory, ValiseHistory)]
        self.rows = {}

    def note(self, what, system, **figures):
        self.rows.setdefault(what, {}).setdefault(system.name, {}).update(figures)

    def run(self):
        for system in self.systems:
            self.grow(system)
        one, other = (system.old for system in self.systems)
        if one != other:
            raise Broken("the two systems hold different notes")
        self.ask()
        self.join()
        self.rest()

    def grow(self, system):
        """Makes the versions, and keeps what the book was in the middle."""
        folder = system.a = system.root / "a"
        bench_book.write(self.notes, folder)
        for command in system.publish(folder):
            self.place.run(command)
        editor = Editor(self.notes, self.options.seed)
        seconds = cpu = 0
        for number in range(1, self.options.versions + 1):
            edit = editor.replace_one()
            apply(folder, edit)
            for command in system.send(folder):
                wall, used = self.place.run(command)
                seconds, cpu = seconds + wall, cpu + used
            if number == self.options.versions // 2:
                system.middle, system.old, system.asked = system.version(folder), contents(folder), edit[0][0]
            if number % 100 == 0:
                print(f"{system.name}: {number} versions", file=sys.stderr)
        system.new = contents(folder)
        self.note("record and send, a version", system, seconds=seconds / self.options.versions)
        packed = [self.place.run(command)[0] for command in system.pack(folder)]
        self.note("pack it afterwards", system, seconds=sum(packed))

    def timed(self, what, system, command):
        os.sync()  # nobody pays for what others have left to be written
        wall, _ = self.place.run(command)
        self.rows.setdefault(what, {}).setdefault(system.name, {}).setdefault("samples", []).append(wall)

    def ask(self):
        for turn in range(self.options.reps):
            for system in self.systems if turn % 2 else self.systems[::-1]:
                folder, version = system.a, system.middle
                self.timed("an old version of a note", system, system.old_note(folder, version, system.asked))
                if self.place.output.read_bytes() != system.old[pathlib.Path(system.asked).name]:
                    raise Broken(f"{system.name}: the old note is another")
                self.timed("what changed since then", system, system.comparison(folder, version))
                self.timed("the list of all versions", system, system.list(folder))
                self.timed("the book as it was, into the folder", system, system.old_book(folder, version))
                if contents(folder) != system.old:
                    raise Broken(f"{system.name}: the old book is another")
                self.place.run(system.new_book(folder))
                if contents(folder) != system.new:
                    raise Broken(f"{system.name}: the new book did not come back")

    def join(self):
        for turn in range(self.options.reps):
            for system in self.systems if turn % 2 else self.systems[::-1]:
                system.proxy.take()
                folder = system.root / f"b{turn}"
                for command in system.first(folder):
                    self.timed("a fresh laptop", system, command)
                wire = system.proxy.take()
                self.note("a fresh laptop", system, bytes=wire["up"] + wire["down"])
                if contents(folder) != system.new:
                    raise Broken(f"{system.name}: a fresh laptop has another book")

    def rest(self):
        """Disk, with everything closed. Valise's has the versions that bringing back the old book has made, too."""
        for system in self.systems:
            system.server.end()
            self.note("disk on the laptop, beside the notes", system, bytes=bytes_in(system.own(system.a)))
            self.note("disk on the server", system, bytes=bytes_in(system.root / "served"))

    def figures(self):
        for of in self.rows.values():
            for figures in of.values():
                if samples := figures.get("samples"):
                    figures["seconds"] = statistics.median(samples)
        return self.rows


def show(rows, options):
    print(f"A book of {options.notes} notes after {options.versions:,} versions, each a word, each sent; "
          f"medians of {options.reps}; Git after `gc` on both ends.\n")
    print("| | Valise | Git |\n|---|---:|---:|")
    for what, of in rows.items():
        cells = []
        for name in ("valise", "git"):
            figures = of[name]
            parts = [f"{figures['seconds']:.3f} s"] if "seconds" in figures else []
            parts += [f"{figures['bytes']:,} bytes"] if "bytes" in figures else []
            cells.append(", ".join(parts))
        print(f"| {what} | {cells[0]} | {cells[1]} |")


def main():
    parser = argparse.ArgumentParser(prog="tools/bench history", description=__doc__.splitlines()[0])
    parser.add_argument("--notes", type=int, default=60)
    parser.add_argument("--versions", type=int, default=1000)
    parser.add_argument("--reps", type=int, default=7)
    parser.add_argument("--json", type=pathlib.Path, help="a file for all figures, every repetition included")
    parser.add_argument("--dir", type=pathlib.Path, help="where to work (the system's folder for temporary files)")
    parser.add_argument("--seed", default=bench_book.SEED, help="another book, other edits")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.rtt = 0
    if min(options.notes, options.reps) < 1 or options.versions < 2:
        parser.error("a note, two versions and one repetition at least")
    place, history = Workplace(options.dir), None
    try:
        history = History(options, place)
        history.run()
        rows = history.figures()
        show(rows, options)
        if options.json:
            options.json.write_text(json.dumps(rows, indent=1))
    except (Broken, TimeoutError) as error:
        sys.exit(f"tools/bench: {error}")
    finally:
        for system in history.systems if history else []:
            system.server.end()
        shutil.rmtree(place.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
