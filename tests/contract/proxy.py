"""A link that can go dead: a proxy between us and a server."""

import selectors
import socket
import threading
import time

__all__ = ["Proxy"]


class Proxy:
    """Stands between us and the server, and can fall silent without closing anything."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._peers: dict[socket.socket, socket.socket] = {}
        self._frozen = self._ended = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def freeze(self) -> None:
        self._frozen = True

    def close(self) -> None:
        self._ended = True
        self._thread.join()
        for each in (self._listener, *self._peers):
            each.close()
        self._selector.close()

    def _serve(self) -> None:
        while not self._ended:
            for key, _ in self._selector.select(0.02):
                if not self._frozen and isinstance(key.fileobj, socket.socket):
                    self._turn(key.fileobj)
            if self._frozen:
                time.sleep(0.02)

    def _turn(self, ready: socket.socket) -> None:
        if ready is self._listener:
            ours, theirs = ready.accept()[0], socket.create_connection(self._target)
            self._peers |= {ours: theirs, theirs: ours}
            for each in ours, theirs:
                self._selector.register(each, selectors.EVENT_READ)
            return
        data = ready.recv(65536)
        if data:
            self._peers[ready].sendall(data)
            return
        other = self._peers.pop(ready)
        self._peers.pop(other)
        for each in ready, other:
            self._selector.unregister(each)
            each.close()
