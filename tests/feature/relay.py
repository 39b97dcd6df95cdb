"""What stands between a client and a server, and breaks the connection off where it is told to."""

import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from select import select
from threading import Thread
from urllib.parse import urlsplit

__all__ = ["Relay", "relayed"]


class Relay:
    """Passes on what clients and the server say, in threads of its own."""

    def __init__(self, host: str, port: int) -> None:
        self._server = host, port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._word: bytes | None = None
        self._deliver = False
        self._links: list[socket.socket] = []
        self._threads = [Thread(target=self._listen)]
        self._threads[0].start()

    def cut_at(self, word: bytes, *, deliver: bool) -> None:
        """Break off the next connection whose client says this word: before it is passed on, or once it is answered."""
        self._word, self._deliver = word, deliver

    def close(self) -> None:
        """Break off every connection, and take no more."""
        for link in self._listener, *self._links:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._links.append(client)
                self._threads.append(Thread(target=self._pass_on, args=[client]))
                self._threads[-1].start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server, suppress(OSError):
            while True:
                for source in select([client, server], [], [])[0]:
                    said = source.recv(1 << 16)
                    if not said or (source is client and self._is_cut(said, server)):
                        return
                    (server if source is client else client).sendall(said)

    def _is_cut(self, said: bytes, server: socket.socket) -> bool:
        if self._word is None or self._word not in said:
            return False
        self._word = None
        if self._deliver:
            server.sendall(said)
            server.recv(1 << 16)
        return True


@contextmanager
def relayed(url: str) -> Generator[tuple[Relay, str]]:
    """A relay to the server of a URL, and the URL of the same database through it, without TLS."""
    parts = urlsplit(url)
    relay = Relay(parts.hostname or "", parts.port or 0)
    place = parts.netloc.rpartition("@")[0]
    plain = "sslmode=disable" if parts.scheme.startswith("postgresql") else "ssl=false"
    try:
        yield relay, f"{parts.scheme}://{place}@127.0.0.1:{relay.port}{parts.path}?{plain}"
    finally:
        relay.close()
