"""A proxy between a client and its server that counts what crosses it, for tools/bench. Standard library only."""

import socket
import threading
import time


class Proxy:
    """Forwards connections to a server on loopback; counts TCP payload, connections, and turns of the conversation.

    A turn is a flight of the client's that the server answers. With a round-trip time, each byte is held for half of it,
    and the first ones of a connection for a whole one more, which TCP's handshake would take.
    """

    def __init__(self, port, rtt):
        self.upstream, self.rtt = port, rtt
        self.lock = threading.Lock()
        self.idle = threading.Condition(self.lock)
        self.flows = 0
        self.reset()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def reset(self):
        self.up = self.down = self.turns = self.connections = 0

    def take(self):
        """The counts since the last call, once all connections are closed."""
        with self.lock:
            if not self.idle.wait_for(lambda: self.flows == 0, timeout=10):
                raise TimeoutError("a connection stays open after its client has ended")
            counts = {"up": self.up, "down": self.down, "turns": self.turns, "connections": self.connections}
            self.reset()
            return counts

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.upstream))
            connection = Connection(self, client, server)
            with self.lock:
                self.connections += 1
                self.flows += 2
            for pump in (connection.pump_up, connection.pump_down):
                threading.Thread(target=pump, daemon=True).start()


class Connection:
    """One client with its server; each direction has a thread."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self.opened = time.monotonic() + proxy.rtt
        self.asked, self.ends = False, 0
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def pump_up(self):
        self.pump(self.client, self.server, self.count_up)

    def pump_down(self):
        self.pump(self.server, self.client, self.count_down)

    def count_up(self, size):
        self.proxy.up += size
        self.asked = True

    def count_down(self, size):
        self.proxy.down += size
        self.proxy.turns += self.asked
        self.asked = False

    def pump(self, source, target, count):
        line = DelayLine(target, self.proxy.rtt / 2, self.opened) if self.proxy.rtt else target
        try:
            while data := source.recv(1 << 18):
                with self.proxy.lock:
                    count(len(data))
                line.sendall(data)
            if self.proxy.rtt:
                line.end()
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # an end is gone; if that was too early, the client says so
        finally:
            with self.proxy.lock:
                self.ends += 1
                self.proxy.flows -= 1
                if self.ends == 2:
                    self.client.close()
                    self.server.close()
                self.proxy.idle.notify_all()


class DelayLine:
    """Sends what it is given after a delay, in order, from a thread of its own."""

    def __init__(self, target, delay, opened):
        self.target, self.delay, self.opened = target, delay, opened
        self.queue, self.more = [], threading.Condition()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def sendall(self, data):
        with self.more:
            self.queue.append((max(time.monotonic(), self.opened) + self.delay, data))
            self.more.notify()

    def end(self):
        self.sendall(b"")
        self.thread.join()

    def run(self):
        while True:
            with self.more:
                self.more.wait_for(lambda: self.queue)
                due, data = self.queue.pop(0)
            time.sleep(max(0, due - time.monotonic()))
            try:
                if not data:
                    return
                self.target.sendall(data)
            except OSError:
                return  # nobody is there to hear the rest
