"""Load test with fifty concurrent clients: `python -m benchmarks.load [--seconds 60] [--kill worker|server]`.

Each client sends a photo, waits for the painting, and sends the next photo. After a 503 it waits about as long as the
server asked for. The program prints how often each status was answered, the durations, and the memory of server and
worker. Every request must be answered, unless the server itself was killed.
"""

import argparse
import collections
import http.client
import io
import random
import statistics
import sys
import threading
import time

from benchmarks.pictures import random_picture
from benchmarks.web_server import megabytes, post_photo, watch_server

STYLES = ("monet", "vangogh", "ukiyoe")


class Clients:
    """Concurrent clients.

    Args:
        server: A `benchmarks.web_server.WatchedServer`.
        size: Width and height of the photos.
    """

    def __init__(self, server, size):
        self.server = server
        self.answers, self.seconds, self.wrong = collections.Counter(), [], 0
        self.photos = [self._encode_random_photo(seed, size) for seed in range(4)]
        self.end = threading.Event()

    def _encode_random_photo(self, seed, size):
        buffer = io.BytesIO()
        random_picture(*size, seed).save(buffer, "JPEG", quality=90)
        return buffer.getvalue()

    def run(self, count, seconds, half_time):
        """Run `count` clients for some seconds, and call a function after half of the time."""
        threads = [threading.Thread(target=self._run_client, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        time.sleep(seconds / 2)
        half_time()
        time.sleep(seconds / 2)
        self.end.set()
        for thread in threads:
            thread.join()

    def _run_client(self, number):
        chance = random.Random(number)
        while not self.end.is_set():
            start = time.monotonic()
            try:
                status, wait = self._paint(chance)
            except (OSError, http.client.HTTPException) as error:
                self.answers[f"lost: {type(error).__name__}"] += 1
                status, wait = None, 1.0
            else:
                self.answers[str(status)] += 1
            if status == 200:
                self.seconds.append(time.monotonic() - start)
            else:
                self.end.wait(wait * chance.uniform(0.5, 1.5))

    def _paint(self, chance):
        status, headers, body = post_photo(self.server.url, chance.choice(self.photos), chance.choice(STYLES))
        self.wrong += status == 200 and not body.startswith(b"\xff\xd8")
        return status, float(headers.get("Retry-After", 1))


def main():
    """Run the clients, and print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--size", type=int, nargs=2, default=(640, 480))
    parser.add_argument("--kill", choices=("worker", "server"), help="Kill it in the middle, with SIGKILL.")
    arguments = parser.parse_args()
    with watch_server() as server:
        clients = Clients(server, arguments.size)
        for _ in range(10):
            clients._paint(random.Random(0))
        before, held, middle = server.memory(), server.descriptors(), []

        def half_time():
            middle.append(server.memory())
            if arguments.kill:
                getattr(server, "worker" if arguments.kill == "worker" else "process").kill()

        clients.run(arguments.clients, arguments.seconds, half_time)
        time.sleep(2)
        return _print_report(clients, server, before, middle[0], held, arguments.kill)


def _print_report(clients, server, before, middle, held, killed):
    for answer, count in sorted(clients.answers.items()):
        print(f"{answer:>12} {count}")
    print(f"invalid paintings: {clients.wrong}")
    if clients.seconds:
        ordered = sorted(clients.seconds)
        print(f"seconds to a painting: median {statistics.median(ordered):.2f}, longest {ordered[-1]:.2f}")
    said = [megabytes(memory) for memory in (before, middle, server.memory())]
    print("memory of server and worker: {} before, {} in the middle, {} after".format(*said))
    print(f"descriptors: {held} before, {server.descriptors()} after; server starts: {server.starts}")
    unexpected = {answer for answer in clients.answers if answer not in ("200", "503")}
    if killed == "server":
        unexpected = {answer for answer in unexpected if not answer.startswith("lost")}
    return int(bool(unexpected or clients.wrong))


if __name__ == "__main__":
    sys.exit(main())
