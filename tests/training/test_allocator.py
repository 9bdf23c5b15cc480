import platform
import subprocess
import sys

import keras
import numpy as np
import pytest

from copyart.training import allocator
from copyart.training.allocator import keep_freed_memory

#: Threads that allocate and free arrays, as training steps do. Prints the page faults of a second pass.
PROGRAM = """
import resource, sys, threading
import numpy
from copyart.training.allocator import keep_freed_memory

def step():
    for _ in range(10):
        maps = [numpy.ones(2**20, "float32") for _ in range(30)]
        del maps

def steps():
    threads = [threading.Thread(target=step) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

if sys.argv[1] == "keep":
    assert keep_freed_memory()
steps()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
steps()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(mode):
    done = subprocess.run([sys.executable, "-c", PROGRAM, mode], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's allocator is changed")
def test_freed_memory_is_not_fetched_from_the_system_again():
    assert page_faults("keep") < page_faults("default") / 10


def test_the_values_are_set_anew_at_each_epoch(monkeypatch):
    calls = []
    monkeypatch.setattr(allocator, "keep_freed_memory", lambda: calls.append(1))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    model.fit(np.ones((2, 1)), np.ones((2, 1)), epochs=3, verbose=0, callbacks=[allocator.KeepFreedMemory()])
    assert len(calls) == 3


def test_other_systems_are_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert keep_freed_memory() is False


def test_each_epoch_of_a_run_sets_the_values(learn, copied, monkeypatch):
    calls = []
    monkeypatch.setattr(allocator, "keep_freed_memory", lambda: calls.append(1))
    learn(copied, epochs=4)
    assert len(calls) == 2  # the copied run has finished two
