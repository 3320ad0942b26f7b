#!/usr/bin/env python3
"""A TCP proxy that misbehaves on demand, between the parts of an instance (proxies.py).

  proxy.py --listen PORT --target PORT --mode-file FILE [--seed S]

FILE holds a word, read again when it changes:
  pass     carries bytes both ways
  refuse   new connections are closed at once
  silent   connections stand, nothing moves, until the word changes
  reset    every connection is reset at once; new ones are carried
  delay    each piece waits 10 to 200 ms
  slice    pieces of 1 to 16 bytes
  deaf     what the server says is thrown away, what it is told arrives: the answer to a COMMIT is lost. Such a connection is reset when the word changes"""
import argparse
import asyncio
import os
import random

MODES = ["refuse", "silent", "reset", "delay", "slice", "deaf"]
LOOK_S = 0.02


class Proxy:
    def __init__(self, options):
        self.options, self.mode, self.mtime = options, "pass", None
        self.dice = random.Random(options.seed)
        self.connections = set()  # of pairs of writers
        self.torn = set()

    async def watch(self):
        while True:
            try:
                mtime = os.stat(self.options.mode_file).st_mtime_ns
                if mtime != self.mtime:
                    self.mtime = mtime
                    with open(self.options.mode_file, encoding="utf-8") as file:
                        self.change(file.read().strip() or "pass")
            except OSError:
                pass
            await asyncio.sleep(LOOK_S)

    def change(self, mode):
        self.mode = mode
        for pair in list(self.connections if mode == "reset" else self.torn):
            self.abort(pair)

    def abort(self, pair):
        for writer in pair:
            writer.transport.abort()
        self.connections.discard(pair)
        self.torn.discard(pair)

    async def accept(self, reader, writer):
        if self.mode == "refuse":
            writer.transport.abort()
            return
        try:
            there_reader, there = await asyncio.open_connection("127.0.0.1", self.options.target)
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, there)
        self.connections.add(pair)
        carrying = [asyncio.create_task(self.carry(reader, there, pair, False)), asyncio.create_task(self.carry(there_reader, writer, pair, True))]
        await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
        self.abort(pair)
        for task in carrying:
            task.cancel()

    async def carry(self, reader, writer, pair, is_answer):
        try:
            while data := await reader.read(65536):
                while self.mode == "silent":
                    await asyncio.sleep(LOOK_S)
                if self.mode == "deaf" and is_answer:
                    self.torn.add(pair)
                    continue
                if self.mode == "delay":
                    await asyncio.sleep(self.dice.uniform(0.01, 0.2))
                await self.write(writer, data)
        except OSError:
            pass

    async def write(self, writer, data):
        at = 0
        while at < len(data):
            size = self.dice.randint(1, 16) if self.mode == "slice" else len(data) - at
            writer.write(data[at:at + size])
            await writer.drain()
            if self.mode == "slice":
                await asyncio.sleep(0)
            at += size


async def serve(options):
    proxy = Proxy(options)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", options.listen, backlog=512)
    async with server:
        await proxy.watch()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--target", type=int, required=True)
    parser.add_argument("--mode-file", required=True)
    parser.add_argument("--seed", type=int, default=0)
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
