"""Clients that never finish a request: many connections, a byte now and then."""
import resource
import socket
import threading
import time

HEAD = b"POST /intake/v1/applications HTTP/1.1\r\nHost: door\r\nContent-Type: application/json\r\nIdempotency-Key: \"drip\"\r\nContent-Length: 1000\r\n"


class Drip(threading.Thread):
    """Keeps so many connections open, each sending one byte of a header line a second; those that are cut come again."""

    def __init__(self, host, port, connections, source="127.0.0.1"):
        super().__init__(daemon=True)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, connections + 500), hard), hard))
        self.address, self.wanted, self.source = (host, port), connections, source
        self.over, self.sockets, self.cut = threading.Event(), [], 0

    def open_one(self):
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: as many as the pair of addresses has ports
        one.bind((self.source, 0))
        one.setblocking(False)
        one.connect_ex(self.address)
        return one

    def send(self, one, bytes_):
        try:
            one.send(bytes_)
            return True
        except BlockingIOError:
            return True
        except OSError:
            one.close()
            self.cut += 1
            return False

    def run(self):
        while not self.over.is_set():
            began = time.monotonic()
            fresh = [self.open_one() for _ in range(min(self.wanted - len(self.sockets), 2000))]
            self.sockets = [one for one in self.sockets if self.send(one, b"x")]
            time.sleep(0.1)
            self.sockets += [one for one in fresh if self.send(one, HEAD)]
            self.over.wait(max(0.05, 1 - (time.monotonic() - began)))
        for one in self.sockets:
            one.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()
