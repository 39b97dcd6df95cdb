"""A proxy between clients and a server, which breaks at the message that it is told to break at."""

import selectors
import socket
import struct
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.proxy.fault import FREEZES, Fault
from tests.proxy.messages import Message, Side, When, split

__all__ = ["Proxy", "proxied"]

# Seconds between two looks at whether there is anything to do.
_TICK = 0.01

# Closed with this, a socket takes leave of nobody: what is on its way is thrown away.
_ABRUPTLY = struct.pack("ii", 1, 0)


class _Link:
    """One connection: what has come of both sides and is not a whole message yet, and what is held back."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.sockets: dict[Side, socket.socket] = {"client": client, "server": server}
        self.buffers: dict[Side, bytearray] = {"client": bytearray(), "server": bytearray()}
        self.held: list[tuple[Side, bytes]] = []
        self.asked = b""

    def pass_on(self, by: Side, data: bytes) -> None:
        self.sockets["server" if by == "client" else "client"].sendall(data)

    def end(self, *, abruptly: bool = False) -> None:
        for each in self.sockets.values():
            with suppress(OSError):
                if abruptly:
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABRUPTLY)
            each.close()


class Proxy:
    """Stands between us and a server, in a thread of its own. An engine's name has it tell messages apart."""

    def __init__(self, host: str, port: int, engine: str | None = None) -> None:
        self.struck: Message | None = None
        """The message at which the fault came, once it has."""
        self._target, self._engine = (host, port), engine
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._links: list[_Link] = []
        self._plan: tuple[Fault, When] | None = None
        self._seen: list[Message] = []
        self._frozen = self._ended = False
        # Whoever holds it sees no message half passed on.
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    # what a test does with it

    def arm(self, fault: Fault, when: When) -> None:
        """Count from zero again, and have the first message strike that this is true of."""
        with self._lock:
            self._plan, self.struck, self._seen = (fault, when), None, []

    def record(self) -> Sequence[Message]:
        """Count from zero again, with no fault to come: a list that grows."""
        with self._lock:
            self._plan, self.struck, self._seen = None, None, []
            return self._seen

    def freeze(self) -> None:
        """From now on nothing passes, and nobody is told; new links are taken and stay deaf."""
        with self._lock:
            self._frozen = True

    def cut(self, *, abruptly: bool = False) -> None:
        """End every link now."""
        with self._lock:
            for link in list(self._links):
                self._end(link, abruptly=abruptly)

    def mend(self) -> None:
        """No more faults. What was frozen goes on where it stood, and what was held back is late."""
        with self._lock:
            self._plan, self._frozen = None, False
            for link in list(self._links):
                held, link.held = link.held, []
                with self._ending(link):
                    for by, data in held:
                        link.pass_on(by, data)

    def close(self) -> None:
        """End every link, and take no more."""
        self._ended = True
        self._thread.join()
        self.cut()
        self._listener.close()
        self._selector.close()

    # what the thread does

    def _serve(self) -> None:
        while not self._ended:
            if self._frozen:
                time.sleep(_TICK)
                continue
            for key, _ in self._selector.select(_TICK):
                with self._lock:
                    # An earlier one of these may have struck.
                    if not self._frozen:
                        self._turn(key)

    def _turn(self, key: selectors.SelectorKey) -> None:
        if key.data is None:
            self._accept()
            return
        link, by = key.data
        if link not in self._links:
            return
        with self._ending(link):
            data = link.sockets[by].recv(1 << 16)
            if not data:
                self._end(link)
                return
            link.buffers[by] += data
            self._pass_on(link, by)

    def _accept(self) -> None:
        client = self._listener.accept()[0]
        try:
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        link = _Link(client, server)
        self._links.append(link)
        for by, each in link.sockets.items():
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(each, selectors.EVENT_READ, (link, by))

    def _pass_on(self, link: _Link, by: Side) -> None:
        """What came together goes on together, up to the message that strikes."""
        whole = bytearray()
        for data in split(self._engine, link.buffers[by]):
            if self._frozen:
                link.held.append((by, data))
                continue
            if by == "client":
                link.asked = data
            fault = self._fault(Message(len(self._seen), by, data, link.asked))
            if fault is None:
                whole += data
                continue
            link.pass_on(by, bytes(whole))
            whole.clear()
            self._strike(link, by, data, fault)
            if fault not in FREEZES:
                return
        if whole:
            link.pass_on(by, bytes(whole))

    def _fault(self, message: Message) -> Fault | None:
        self._seen.append(message)
        if self._plan is None or not self._plan[1](message):
            return None
        fault, self._plan, self.struck = self._plan[0], None, message
        return fault

    def _strike(self, link: _Link, by: Side, data: bytes, fault: Fault) -> None:
        if fault in (Fault.HALF, Fault.HALF_FREEZE):
            link.pass_on(by, data[: len(data) // 2])
            data = data[len(data) // 2 :]
        if fault in FREEZES:
            self._frozen = True
            link.held.append((by, data))
        else:
            self._end(link, abruptly=fault is Fault.RESET)

    @contextmanager
    def _ending(self, link: _Link) -> Generator[None]:
        """A side that has gone takes the link with it."""
        try:
            yield
        except OSError:
            self._end(link)

    def _end(self, link: _Link, *, abruptly: bool = False) -> None:
        if link in self._links:
            self._links.remove(link)
            for each in link.sockets.values():
                self._selector.unregister(each)
            link.end(abruptly=abruptly)


@contextmanager
def proxied(url: str) -> Generator[tuple[Proxy, str]]:
    """A proxy to the server of a URL, and the URL of the same database through it, without TLS."""
    parts = urlsplit(url)
    engine = parts.scheme.partition("+")[0]
    proxy = Proxy(parts.hostname or "", parts.port or 0, engine)
    place = parts.netloc.rpartition("@")[0]
    plain = "sslmode=disable" if engine == "postgresql" else "ssl=false"
    try:
        yield proxy, f"{parts.scheme}://{place}@127.0.0.1:{proxy.port}{parts.path}?{plain}"
    finally:
        proxy.close()
