#!/usr/bin/env python3
"""One laptop that writes and many that watch, on loopback: time from a save to the others' files, bytes, server memory.

Every laptop is a real `valise sync --watch` with a folder of its own, all on this machine. A save is a note written beside
and renamed over, as editors do; it has arrived when the watcher's file holds the new word, which is seen through inotify.
`tools/bench live` builds the programs and calls this. Needs the standard library only.
"""

import argparse
import ctypes
import json
import os
import pathlib
import re
import select
import shutil
import signal
import struct
import sys
import time

import bench_book
from bench_systems import Broken, Server, Workplace, free_port

NOTE = "notes/live.md"
HEAD = "---\ntitle: Live\n---\n"
LIMIT = 120  # seconds until a save has to be everywhere
CLOSE_WRITE, MOVED_TO = 0x8, 0x80


class Arrivals:
    """Files that are written or put in place, as the system tells of them."""

    def __init__(self, folders):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = self.libc.inotify_init1(os.O_NONBLOCK)
        if self.descriptor < 0:
            raise Broken("no inotify: see fs.inotify.max_user_instances")
        self.names = {}
        for name, folder in folders.items():
            watch = self.libc.inotify_add_watch(self.descriptor, os.fsencode(folder), CLOSE_WRITE | MOVED_TO)
            if watch < 0:
                raise Broken("no watch: see fs.inotify.max_user_watches")
            self.names[watch] = name

    def wait(self, seconds):
        """The laptops of whose folders something is told; none when nothing is for so long."""
        if not select.select([self.descriptor], [], [], seconds)[0]:
            return set()
        data, names, at = os.read(self.descriptor, 1 << 20), set(), 0
        while at < len(data):
            watch, _, _, length = struct.unpack_from("iIII", data, at)
            names.add(self.names.get(watch))
            at += 16 + length
        return names


class Office:
    def __init__(self, place, programs, laptops, notes):
        self.place, self.programs = place, pathlib.Path(programs)
        self.valise = str(self.programs / "valise")
        self.server, self.watching = None, {}
        self.port = free_port()
        self.url = f"valise://127.0.0.1:{self.port}/book"
        self.names = [f"laptop{number:03}" for number in range(laptops)]
        self.notes = notes

    def publish(self):
        place, notes = self.place, self.notes
        writer = place.folder / "writer"
        bench_book.write(bench_book.book(notes), writer)
        (writer / NOTE).parent.mkdir(parents=True, exist_ok=True)
        (writer / NOTE).write_text(HEAD)
        self.server = Server(
            [str(self.programs / "valised"), "serve", "--data", str(place.folder / "server"), "--listen",
             f"127.0.0.1:{self.port}"], place.folder / "server.log", place.environment)
        self.server.wait_for("listening on")
        place.run([self.valise, "new", str(writer), "--name", "Anne Martin"])
        place.run([self.valise, "-C", str(writer), "publish", self.url])

    def note(self, laptop):
        return self.place.folder / laptop / NOTE

    def join(self):
        for name in self.names:
            self.place.run([self.valise, "join", self.url, str(self.place.folder / name), "--name", name])

    def watch(self):
        for name in ["writer"] + self.names:
            log = self.place.folder / f"{name}.json"
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                       (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
                       (os.POSIX_SPAWN_OPEN, 2, str(log) + ".err", flags, 0o600)]
            command = [self.valise, "-C", str(self.place.folder / name), "sync", "--watch", "--json"]
            self.watching[name] = os.posix_spawn(self.valise, command, self.place.environment, file_actions=actions)

    def end(self):
        for pid in self.watching.values():
            os.kill(pid, signal.SIGTERM)
        for pid in self.watching.values():
            os.waitpid(pid, 0)
        if self.server:
            self.server.end()

    def server_memory(self):
        """KiB that the server's process holds now."""
        status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

    def server_seconds(self):
        fields = pathlib.Path(f"/proc/{self.server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def news(self, name):
        lines = (self.place.folder / f"{name}.json").read_text().splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def save(self, text, arrivals):
        """Seconds from the save of the writer's note to each laptop's file."""
        note = self.note("writer")
        beside = note.with_name(".live.md.new")
        beside.write_text(text)
        os.replace(beside, note)
        began, missing, took = time.perf_counter(), set(self.names), []
        while missing:
            told = arrivals.wait(0.25)
            now = time.perf_counter() - began
            # An event that got lost is made good by looking at all of them now and then.
            for name in sorted((told & missing) or (set() if told else missing)):
                if self.note(name).read_text() == text:
                    missing.discard(name)
                    took.append(now)
            if now > LIMIT:
                raise Broken(f"{len(missing)} of {len(self.names)} laptops do not get the save, {sorted(missing)[0]} for one")
        return took


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(options, place):
    office = Office(place, options.programs, options.laptops, options.notes)
    try:
        office.publish()
        began = time.perf_counter()
        office.join()
        print(f"{options.laptops} laptops joined in {time.perf_counter() - began:.1f} s", file=sys.stderr)
        idle = office.server_memory()
        office.watch()
        arrivals = Arrivals({name: office.note(name).parent for name in office.names})
        text = HEAD + "Word 0\n"
        office.save(text, arrivals)  # everybody is connected once this is everywhere
        time.sleep(options.settle)
        connected, seconds = office.server_memory(), office.server_seconds()
        marks = {name: len(office.news(name)) for name in office.names}
        times = []
        for number in range(1, options.saves + 1):
            text += f"Word {number}\n"
            times.append(office.save(text, arrivals))
            time.sleep(options.pause)
        seconds = office.server_seconds() - seconds
        up = down = words = 0
        deadline = time.monotonic() + 30
        while any(len(office.news(name)) - marks[name] < 1 for name in office.names) and time.monotonic() < deadline:
            time.sleep(0.2)
        for name in office.names:
            for news in office.news(name)[marks[name]:]:
                words += sum(person["changes"] for person in news.get("received", []))
                up += news.get("bytesUp", 0)
                down += news.get("bytesDown", 0)
        after = office.server_memory()
        every = [value for save in times for value in save]
        worst = [max(save) for save in times]
        return {
            "laptops": options.laptops, "notes": options.notes, "saves": options.saves, "median": quantile(every, 0.5),
            "p99": quantile(every, 0.99), "worst": max(every), "last_median": quantile(worst, 0.5), "words": words,
            "up": up / max(words, 1), "down": down / max(words, 1), "server_ms": 1000 * seconds / options.saves,
            "rss_before": idle, "rss_connected": connected, "rss_after": after,
        }
    finally:
        office.end()


def show(row):
    mib = lambda kib: f"{kib / 1024:.1f}"
    print(f"One laptop that writes, {row['laptops']} that watch; {row['saves']} saves of a word in a book of {row['notes']} notes.\n")
    print("| | |\n|---|---:|")
    print(f"| from a save to another's file: median | {row['median']:.3f} s |")
    print(f"| … p99 | {row['p99']:.3f} s |")
    print(f"| … worst | {row['worst']:.3f} s |")
    print(f"| until the last of them has it: median | {row['last_median']:.3f} s |")
    print(f"| bytes a watcher and word, up + down | {row['up']:.0f} + {row['down']:.0f} |")
    print(f"| server's CPU a word | {row['server_ms']:.1f} ms |")
    print(f"| server's memory, nobody connected | {mib(row['rss_before'])} MiB |")
    print(f"| … all connected | {mib(row['rss_connected'])} MiB |")
    print(f"| … after the saves | {mib(row['rss_after'])} MiB |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True, help="the folder of valise and valised")
    parser.add_argument("--laptops", type=int, default=100)
    parser.add_argument("--saves", type=int, default=30)
    parser.add_argument("--notes", type=int, default=60)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between a save's end and the next")
    parser.add_argument("--settle", type=float, default=3, help="seconds to rest before the first save that counts")
    parser.add_argument("--json", type=pathlib.Path, help="the figures, for programs")
    parser.add_argument("--dir", help="where the folders lie; a real disk, if the figures are to mean anything")
    options = parser.parse_args()
    place = Workplace(options.dir)
    try:
        row = run(options, place)
        show(row)
        if options.json:
            options.json.write_text(json.dumps(row, indent=1))
    except Broken as error:
        sys.exit(f"bench_live: {error}")
    finally:
        shutil.rmtree(place.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
