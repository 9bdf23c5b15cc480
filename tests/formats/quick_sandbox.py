"""A fast replacement of the sandbox that starts no process for each file, because the tests read thousands of files.

PyTorch and HDF5 files are read in this process. Checkpoints are read in forks of one process that has TensorFlow
loaded, `python -m tests.formats.quick_sandbox`: a hostile one may crash TensorFlow.
"""

import base64
import functools
import json
import os
import signal
import subprocess
import sys

from copyart.formats import sandbox

CHECKPOINT = "copyart.formats.checkpoint"
_SECONDS = 60


def quick_run(command, input=None, **options):
    """Take the place of `subprocess.run` in the sandbox."""
    module, path = command[-2:]
    if module == CHECKPOINT:
        return _ask_server(path)
    return subprocess.CompletedProcess(command, 0, b"".join(sandbox.read_and_encode(module, path or input)))


@functools.cache
def server():
    """Start the process that has TensorFlow loaded, and return it."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.formats.quick_sandbox"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen(command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True, env=environment)


def stop_server():
    if server.cache_info().currsize:
        server().communicate()


def _ask_server(path):
    process = server()
    process.stdin.write(json.dumps(path) + "\n")
    process.stdin.flush()
    code, answer = json.loads(process.stdout.readline())
    return subprocess.CompletedProcess(path, code, base64.b64decode(answer))


def _serve():
    import copyart.formats.checkpoint  # noqa: F401 - loads TensorFlow

    for line in sys.stdin:
        read, write = os.pipe()
        child = os.fork()
        if not child:
            signal.alarm(_SECONDS)
            os.dup2(write, 1)
            os.close(write)
            try:
                sandbox.main(CHECKPOINT, json.loads(line))
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            answer = pipe.read()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps([code, base64.b64encode(answer).decode()]), flush=True)


if __name__ == "__main__":
    _serve()
