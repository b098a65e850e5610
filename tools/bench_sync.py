#!/usr/bin/env python3
"""What a sync needs, beside Git in the same run on the same books: seconds, bytes, round trips, memory; then the bars.

Each client reaches its server through a proxy of ours that counts the bytes of both directions and the turns of the
conversation. The two systems take turns, with the same edits. `tools/bench sync` builds the programs and calls this.
Needs git, strace and time beside the standard library. Exits 0 unless something broke; a missed bar is a result.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import sys
import time

import bench_book
from bench_systems import EDITS, SHARED, Broken, Editor, Git, Valise, Workplace, apply, contents

ONE_WORD, ONE_WORD_RECEIVED, NOTHING = "one word, sent", "one word, received", "nothing to do"
PUBLISH, FIRST, RECONCILE, STATUS = "record and publish", "first sync", "500 + 500 offline edits", "status"


# Measuring


class Run:
    """One book with both systems: every measure, every repetition."""

    def __init__(self, count, options, place):
        self.count, self.options, self.place = count, options, place
        self.notes = bench_book.book(count, options.seed)
        self.packing = bench_book.packing(self.notes)
        self.rows = {}
        self.opened = {}
        kinds = [kind for kind in (Git, Valise) if kind.name in options.systems]
        self.systems = [kind(place, count, options) for kind in kinds]

    def repetitions(self, most=1_000):
        return min(most, self.options.reps)

    def measure(self, what, system, commands, for_memory):
        """One repetition. That for memory is a run of its own, since watching costs time."""
        os.sync()  # nobody pays for what others have left to be written
        samples = self.rows.setdefault((what, system.name), {"seconds": [], "cpu": [], "wire": []})
        if for_memory:
            peaks = []
            held = system.server.peak_during(lambda: peaks.extend(self.place.peak(each) for each in commands))
            samples["client_kib"], samples["server_kib"] = max(peaks), held
        else:
            times = [self.place.run(command) for command in commands]
            samples["seconds"].append(sum(wall for wall, _ in times))
            samples["cpu"].append(sum(cpu for _, cpu in times))
        samples["wire"].append(system.proxy.take())

    def all(self):
        for step in (self.publish, self.first_sync, self.one_word, self.reconcile, self.status):
            print(f"{self.count} notes: {step.__name__.replace('_', ' ')}", file=sys.stderr)
            step()

    def turns(self, count):
        """Repetitions of both systems, whose order alternates; the first one measures memory."""
        for i in range(count + 1):
            for system in self.systems if i % 2 else self.systems[::-1]:
                yield i, system, i == 0

    def publish(self):
        for system in self.systems:
            system.a = system.root / "a"
            bench_book.write(self.notes, system.a)
            self.measure(PUBLISH, system, system.publish(system.a), for_memory=False)

    def first_sync(self):
        for i, system, for_memory in self.turns(self.repetitions(5)):
            # Nothing is deleted before the end: file systems take their time to use an inode again.
            system.b = system.root / f"b{i}"
            self.measure(FIRST, system, system.first(system.b), for_memory)
            if for_memory:
                self.expect_identical(system)

    def one_word(self):
        editor = Editor(self.notes, f"{self.options.seed} one word {self.count}")
        edits = [editor.replace_one() for _ in range(self.repetitions() + 1)]
        for i, system, for_memory in self.turns(self.repetitions()):
            apply(system.a, edits[i])
            self.measure(ONE_WORD, system, system.send(system.a), for_memory)
            self.measure(ONE_WORD_RECEIVED, system, system.receive(system.b), for_memory)
            path, word = edits[i][0][0], edits[i][0][3]
            if word.encode() not in (system.b / path).read_bytes():
                raise Broken(f"{system.name}: the word '{word}' did not arrive in {path}")
            self.measure(NOTHING, system, system.receive(system.b), for_memory)

    def reconcile(self):
        editor = Editor(self.notes, f"{self.options.seed} offline {self.count}")
        edits = [editor.offline() for _ in range(self.repetitions(5) + 1)]
        for i, system, for_memory in self.turns(self.repetitions(5)):
            for folder, side in zip((system.a, system.b), edits[i]):
                apply(folder, side)
            self.measure(RECONCILE, system, system.reconcile(system.a, system.b), for_memory)
            texts = b" ".join(self.expect_identical(system).values()).decode()
            words = set(re.findall(r"\b[a-z]{11}\b", texts))
            lost = [edit[3] for side in edits[i] for edit in side if edit[3] not in words]
            if lost:
                raise Broken(f"{system.name}: {len(lost)} of {2 * EDITS} words are gone, such as '{lost[0]}'")
        one, *others = [contents(system.a) for system in self.systems]
        if any(other != one for other in others):
            raise Broken("the systems merged the same edits into different notes")

    def status(self):
        time.sleep(1.1)  # git's stat cache knows seconds: a file as young as its index is read again
        for system in self.systems:
            for _ in range(2):
                self.place.run(system.status(system.a))
        for i, system, for_memory in self.turns(2 * self.repetitions() + 1):
            self.measure(STATUS, system, [system.status(system.a)], for_memory)
        for system in self.systems:
            self.opened[system.name] = self.notes_opened(system.status(system.a))

    def notes_opened(self, command):
        """How many calls opened a note, by strace."""
        trace = self.place.folder / "trace"
        calls = "trace=open,openat,openat2,creat,open_by_handle_at,io_uring_setup"
        self.place.run(["strace", "-f", "-qq", "-s", "300", "-e", calls, "-o", str(trace)] + command)
        return sum(1 for line in trace.read_text(errors="replace").splitlines() if ".md\"" in line or "io_uring" in line)

    def expect_identical(self, system):
        one, other = contents(system.a), contents(system.b)
        if one != other or len(one) != self.count:
            raise Broken(f"{system.name}: the two laptops differ: {len(one)} and {len(other)} notes")
        return one

    def figures(self, what, name):
        """Medians of a row; None where it was not measured."""
        samples = self.rows.get((what, name))
        if samples is None:
            return None
        wire = {key: statistics.median_low(counts[key] for counts in samples["wire"])
                for key in ("up", "down", "turns", "connections")}
        times = {key: statistics.median(samples[key]) for key in ("seconds", "cpu")}
        return {"notes": self.count, "what": what, "system": name, "repetitions": len(samples["seconds"]), **times, **wire,
                "client_kib": samples.get("client_kib"), "server_kib": samples.get("server_kib"), "samples": samples}


# Showing


def amount(value, digits=3):
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.{digits}g}"


def table(runs):
    lines = ["| notes | what | system | s | CPU s, client | bytes up | bytes down | round trips | client MiB | server MiB |",
             "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|"]
    for run in runs:
        for what in (PUBLISH, FIRST, ONE_WORD, ONE_WORD_RECEIVED, NOTHING, RECONCILE, STATUS):
            for system in run.systems:
                row = run.figures(what, system.name)
                online = row["connections"] > 0
                held = row["client_kib"], row["server_kib"] if online else None
                memory = [amount(kib and kib / 1024) for kib in held]
                wire = [row[key] if online else None for key in ("up", "down", "turns")]
                cells = [run.count, what, system.name, row["seconds"], row["cpu"], *wire]
                lines.append("| " + " | ".join([c if isinstance(c, str) else amount(c) for c in cells] + memory) + " |")
    return lines


def bars(run):
    """What the issue asks of Valise: (what, figure, limit, unit)."""
    ours = {what: run.figures(what, "valise") for what, _ in run.rows}
    theirs = {what: run.figures(what, "git") for what, _ in run.rows}
    both = {what: (ours[what], theirs[what]) for what in ours}
    share = 0.75 if run.count <= 60 else 0.65
    our, their = both[FIRST]
    limit = int(share * (their["up"] + their["down"]))
    yield f"first sync: bytes, at most {share} of Git's", our["up"] + our["down"], limit, "bytes"
    yield "first sync: no slower than Git", our["seconds"], their["seconds"], "s"
    for what in (ONE_WORD, ONE_WORD_RECEIVED):
        yield f"{what}: one round trip after the connection", ours[what]["turns"], 1, "round trips"
    yield "one word, sent: under 300 bytes up", ours[ONE_WORD]["up"], 299, "bytes"
    yield "one word, sent: under 200 bytes down", ours[ONE_WORD]["down"], 199, "bytes"
    for way in ("up", "down"):
        yield f"nothing to do: under 120 bytes {way}", ours[NOTHING][way], 119, "bytes"
    our, their = both[RECONCILE]
    yield "500 + 500 offline edits: under half of Git's time", our["seconds"], their["seconds"] / 2, "s"
    if run.count > 60:  # of a small book it measures how long a program takes to start
        our, their = both[STATUS]
        yield "status: no slower than Git", our["seconds"], their["seconds"], "s"
    yield "status: no note opened", run.opened["valise"], 0, "opened"


def judged(runs):
    for run in runs:
        for what, figure, limit, unit in bars(run):
            ratio = figure / limit if limit else None
            yield {"notes": run.count, "bar": what, "figure": figure, "limit": limit, "unit": unit, "ratio": ratio,
                   "met": figure <= limit}


def show(runs, options):
    print(f"Valise beside Git; seconds are medians of {options.reps} or fewer, with {options.rtt:g} ms of round-trip time.\n")
    for run in runs:
        raw = run.packing["raw"]
        print(f"{run.count:,} notes: {raw:,} bytes; zlib -6 in one stream {run.packing['zlib'] / raw:.3f} of that, "
              f"note by note {run.packing['zlib_each'] / raw:.3f}")
    print("\n" + "\n".join(table(runs)) + "\n")
    for run in runs:
        print(f"{run.count:,} notes: `status` opened " + ", ".join(f"{n} notes ({who})" for who, n in run.opened.items()))
    if len(options.systems) < 2:
        return []
    verdicts = list(judged(runs))
    print("\n| notes | bar | figure | limit | figure / limit | |\n|---:|---|---:|---:|---:|---|")
    for each in verdicts:
        met = "pass" if each["met"] else "MISS"
        print(f"| {each['notes']:,} | {each['bar']} | {amount(each['figure'])} {each['unit']} | {amount(each['limit'])} "
              f"| {amount(each['ratio'])} | {met} |")
    print(f"\n{sum(each['met'] for each in verdicts)} of {len(verdicts)} bars met")
    return verdicts


def arguments(words):
    parser = argparse.ArgumentParser(prog="tools/bench sync", description="What a sync needs, beside Git on the same books.")
    parser.add_argument("--notes", default="60,5000", help="sizes of the books, with commas between them (60,5000)")
    parser.add_argument("--reps", type=int, default=5, help="repetitions (5; first syncs and reconciles 5 at most)")
    parser.add_argument("--rtt", type=float, default=0, help="round-trip time in ms that the proxy adds (0)")
    parser.add_argument("--json", type=pathlib.Path, help="a file for all figures, every repetition included")
    parser.add_argument("--dir", type=pathlib.Path, help="where to work (the system's folder for temporary files)")
    parser.add_argument("--seed", default=bench_book.SEED, help="another book, other edits")
    parser.add_argument("--systems", default="git,valise", help="one alone, to look closer: no bars then")
    parser.add_argument("--keep", action="store_true", help="leave the books, for a closer look")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    options.systems = options.systems.split(",")
    options.counts = [int(count) for count in options.notes.split(",")]
    if min(options.counts) < 2 * SHARED or options.reps < 1:
        parser.error(f"a book has {2 * SHARED} notes at least, and a measure one repetition")
    return options


def main():
    options = arguments(sys.argv[1:])
    place = Workplace(options.dir)
    runs = []
    try:
        for count in options.counts:
            runs.append(Run(count, options, place))
            runs[-1].all()
        verdicts = show(runs, options)
        if options.json:
            rows = [run.figures(what, name) for run in runs for what, name in run.rows]
            books = [{**run.packing, "opened_by_status": run.opened} for run in runs]
            options.json.write_text(json.dumps({"rtt_ms": options.rtt, "books": books, "rows": rows, "bars": verdicts}, indent=1))
    except (Broken, TimeoutError) as error:
        print(f"tools/bench: {error}", file=sys.stderr)
        sys.exit(1)
    finally:
        for run in runs:
            for system in run.systems:
                system.server.end()
        if options.keep:
            print(f"the books are in {place.folder}", file=sys.stderr)
        else:
            shutil.rmtree(place.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
