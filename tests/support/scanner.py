"""A ClamAV daemon as small as it can be (clamd(8), INSTREAM): it may be away, hang up, find nothing or find something."""
import socket
import struct
import threading


class Scanner:
    """Away until start(). `answer`: what it says of a file; None: it hangs up in the middle of one."""

    def __init__(self, port, answer="stream: OK"):
        self.port, self.answer, self.listener, self.scanned, self.hung_up = port, answer, None, [], 0

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.serve, args=(self.listener,), daemon=True).start()

    def stop(self):
        if self.listener is not None:
            self.listener.shutdown(socket.SHUT_RDWR)  # close() alone leaves a thread that waits in accept()
            self.listener.close()
        self.listener = None

    def serve(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, client.makefile("rb") as sent:
                self.scan(client, sent)

    def scan(self, client, sent):
        assert sent.read(10) == b"zINSTREAM\0"
        if self.answer is None:
            self.hung_up += 1
            return
        file = b""
        while size := struct.unpack("!I", sent.read(4))[0]:
            file += sent.read(size)
        self.scanned.append(file)
        client.sendall(self.answer.encode() + b"\0")
