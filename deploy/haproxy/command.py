#!/usr/bin/env python3
"""Says one command to HAProxy's runtime socket and prints the answer: command.py SOCKET COMMAND."""
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
    door.settimeout(5)
    door.connect(sys.argv[1])
    door.sendall(sys.argv[2].encode() + b"\n")
    while chunk := door.recv(65536):
        sys.stdout.write(chunk.decode())
