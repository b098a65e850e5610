"""What the benchmarks share: a workplace, servers, Valise and Git as they are told to do the same, and a person who edits."""

import os
import pathlib
import random
import re
import signal
import socket
import tempfile
import threading
import time

import bench_book
from bench_proxy import Proxy

EDITS = 500  # on each of two laptops, offline
SHARED = 20  # notes that both edit, in different paragraphs
LIMIT = 1800  # seconds for a command


class Broken(Exception):
    """Something did not do its job: the run ends with exit code 1."""


# Processes


class Workplace:
    """A folder for everything, with a home of its own, so that nobody's settings play a part."""

    def __init__(self, folder):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="valise-bench-", dir=folder))
        home = self.folder / "home"
        home.mkdir()
        (home / ".gitconfig").write_text(
            "[user]\n name = Anne Martin\n email = anne@example.org\n[init]\n defaultBranch = main\n"
            # Packing in the background would steal time from what is measured next, Git's own included.
            "[gc]\n auto = 0\n[pull]\n rebase = false\n")
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH", "TMPDIR")}
        self.environment = keep | {"HOME": str(home), "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "GIT_CONFIG_NOSYSTEM": "1"}
        self.output = self.folder / "output"

    def start(self, command):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 1, str(self.output), flags, 0o600), (os.POSIX_SPAWN_DUP2, 1, 2)]
        return os.posix_spawnp(command[0], command, self.environment, file_actions=actions)

    def run(self, command):
        """Wall seconds and CPU seconds of a command and its children; raises what it printed when it fails."""
        began = time.perf_counter()
        pid = self.start(command)
        alarm = threading.Timer(LIMIT, os.kill, (pid, signal.SIGKILL))
        alarm.daemon = True
        alarm.start()
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - began
        alarm.cancel()
        if status != 0:
            said = self.output.read_text(errors="replace")[-2000:]
            raise Broken(f"{' '.join(command)}\n  ended with {os.waitstatus_to_exitcode(status)}:\n{said}")
        return seconds, usage.ru_utime + usage.ru_stime

    def peak(self, command):
        """KiB of the largest process of a command. Through `time`: what this script spawns itself begins with our size."""
        report = self.folder / "peak"
        self.run(["/usr/bin/time", "-o", str(report), "-f", "%M"] + command)
        return int(report.read_text())


class Server:
    """A server's process, and the most memory that it and its children hold."""

    def __init__(self, command, log, environment):
        self.log = log
        with open(log, "wb") as out:
            actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, out.fileno(), 2)]
            self.pid = os.posix_spawnp(command[0], command, environment, file_actions=actions)

    def wait_for(self, pattern):
        for _ in range(400):
            if match := re.search(pattern, self.log.read_text(errors="replace")):
                return match
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self.pid = None
                break
            time.sleep(0.05)
        raise Broken(f"a server does not start:\n{self.log.read_text(errors='replace')[-2000:]}")

    def end(self):
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)
            os.waitpid(self.pid, 0)
        self.pid = None

    def peak_during(self, action):
        """KiB at the peak of the largest process while the action runs: VmHWM, reset before; children sampled each ms."""
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        over, peaks = threading.Event(), [0]

        def sample():
            while not over.wait(0.001):
                peaks.extend(high_water(pid) for pid in descendants(self.pid))

        watcher = threading.Thread(target=sample)
        watcher.start()
        try:
            action()
        finally:
            over.set()
            watcher.join()
        return max(peaks + [high_water(self.pid)])


def high_water(pid):
    try:
        match = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())
        return int(match[1]) if match else 0
    except OSError:
        return 0  # it has ended


def descendants(pid):
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [each for child in children for each in [int(child)] + descendants(int(child))]


def bytes_in(folder):
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


# The systems


class Git:
    name = "git"

    def __init__(self, place, tag, options):
        self.place, self.root = place, place.folder / f"git-{tag}"
        (self.root / "served").mkdir(parents=True)
        place.run(["git", "init", "-q", "--bare", str(self.root / "served/book")])
        port = free_port()
        # The daemon itself, not `git daemon`, which would stand between it and our signals.
        place.run(["git", "--exec-path"])
        program = place.output.read_text().strip() + "/git-daemon"
        self.server = Server([
            program, "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", "--export-all", "--enable=receive-pack", "--verbose",
            f"--base-path={self.root / 'served'}"], self.root / "log", place.environment)
        self.server.wait_for("Ready to rumble")
        self.proxy = Proxy(port, options.rtt / 1000)
        self.url = f"git://127.0.0.1:{self.proxy.port}/book"

    def at(self, folder, *words):
        return ["git", "-C", str(folder), *words]

    def publish(self, folder):
        return [["git", "init", "-q", str(folder)], self.at(folder, "add", "."), self.at(folder, "commit", "-qm", "begin"),
                self.at(folder, "remote", "add", "origin", self.url), self.at(folder, "push", "-qu", "origin", "main")]

    def first(self, folder):
        return [["git", "clone", "-q", self.url, str(folder)]]

    def send(self, folder):
        return [self.at(folder, "commit", "-qam", "edit"), self.at(folder, "push", "-q")]

    def receive(self, folder):
        return [self.at(folder, "pull", "-q")]

    def reconcile(self, one, other):
        return [*self.send(one), self.at(other, "commit", "-qam", "edit"), self.at(other, "pull", "-q", "--no-edit"),
                self.at(other, "push", "-q"), self.at(one, "pull", "-q")]

    def status(self, folder):
        return self.at(folder, "status")


class Valise:
    name = "valise"

    def __init__(self, place, tag, options):
        self.root = place.folder / f"valise-{tag}"
        self.root.mkdir()
        self.client = str(options.programs / "valise")
        self.server = Server(
            [str(options.programs / "valised"), "serve", "--data", str(self.root / "served"), "--listen", "127.0.0.1:0"],
            self.root / "log", place.environment)
        port = int(self.server.wait_for(r"listening on valise://[^\s]*:(\d+)")[1])
        self.proxy = Proxy(port, options.rtt / 1000)
        self.url = f"valise://127.0.0.1:{self.proxy.port}/book"

    def at(self, folder, *words):
        return [self.client, *words, "-C", str(folder)]

    def publish(self, folder):
        return [[self.client, "new", str(folder), "--name", "Anne Martin"], self.at(folder, "publish", self.url)]

    def first(self, folder):
        return [[self.client, "join", self.url, str(folder), "--name", "Paul Roux"]]

    def send(self, folder):
        return [self.at(folder, "sync")]

    receive = send

    def reconcile(self, one, other):
        return [*self.send(one), *self.send(other), *self.send(one)]

    def status(self, folder):
        return self.at(folder, "status")


# Edits


class Editor:
    """A person who changes words of the notes in a folder, the same ones for the same seed."""

    def __init__(self, notes, seed):
        self.paths = [note.path for note in notes]
        self.rng = random.Random(seed)
        self.used = set()

    def word(self):
        """A word of 11 letters that stands nowhere else."""
        while True:
            word = "".join(bench_book.pick(self.rng, "aeiou" if i % 2 else "bdfgklmnprstvz") for i in range(11))
            if word not in self.used:
                self.used.add(word)
                return word

    def replace_one(self):
        """One word of one note becomes another."""
        paragraph, at, word = 2 * int(3 * self.rng.random()), self.rng.random(), self.word()
        path = bench_book.pick(self.rng, self.paths)
        return [(path, paragraph, at, word, True)]

    def offline(self):
        """EDITS insertions of a word on each laptop: in notes of its own, and in SHARED notes in paragraphs of its own."""
        order = sorted(self.paths, key=lambda _: self.rng.random())
        shared, rest = order[:SHARED], order[SHARED:]
        sides = []
        for side in (0, 1):
            own = rest[side::2][:EDITS - SHARED] + shared
            sides.append([(own[i % len(own)], 2 * int(3 * self.rng.random()) + side, self.rng.random(), self.word(), False)
                          for i in range(EDITS)])
        return sides


def apply(folder, edits):
    """Saves edits the way simple editors do, in place; a note at a time, with all its edits."""
    by_note = {}
    for path, *edit in edits:
        by_note.setdefault(path, []).append(edit)
    for path, changes in by_note.items():
        file = folder / path
        lines = file.read_text(encoding="utf-8").split("\n")
        places = [i for i, line in enumerate(lines) if len(line) > 300 and not line.startswith("-")]
        for paragraph, at, word, replaces in changes:
            words = lines[places[paragraph % len(places)]].split(" ")
            i = 1 + int(at * (len(words) - 2))
            words[i:i + replaces] = [word]
            lines[places[paragraph % len(places)]] = " ".join(words)
        file.write_text("\n".join(lines), encoding="utf-8", newline="")


def contents(folder):
    return {path.name: path.read_bytes() for path in (folder / "notes").iterdir()}
