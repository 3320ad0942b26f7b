"""The journal outside the system: a line before each send and after each answer, on disk before anything else happens.

Writers wait for the fsync of their own line; lines that wait together share one (group commit), so that the journal keeps up."""
import asyncio
import json
import os


class Journal:
    def __init__(self, path):
        self._file = open(path, "a", encoding="utf-8")
        self._lines = []
        self._waiters = []
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._sync())

    async def write(self, **line):
        done = asyncio.get_running_loop().create_future()
        self._lines.append(json.dumps(line, separators=(",", ":")))
        self._waiters.append(done)
        self._wake.set()
        await done

    async def _sync(self):
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            lines, waiters = self._lines, self._waiters
            self._lines, self._waiters = [], []
            if not lines:
                continue
            self._file.write("\n".join(lines) + "\n")
            self._file.flush()
            await loop.run_in_executor(None, os.fsync, self._file.fileno())
            for waiter in waiters:
                waiter.set_result(None)

    async def close(self):
        while self._lines:
            await asyncio.sleep(0.01)
        self._task.cancel()
        self._file.close()


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
