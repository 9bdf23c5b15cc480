"""Handle Ctrl-C, SIGTERM and a closed terminal: stop the run after the current step and save it."""

import contextlib
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import keras

#: SIGHUP is sent when the terminal closes; Windows has none.
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class StopOnSignal(keras.callbacks.Callback):
    """Stops the run after the current step when a signal arrives. A second signal stops it at once.

    Use it as a context manager around `fit`, and as a callback of `fit` after the callbacks that count steps. A signal
    that is already ignored stays ignored, like SIGHUP under `nohup`. Outside the main thread, the callback does
    nothing, because only the main thread receives signals.

    Args:
        say: Called with a message when the first signal arrives.
    """

    def __init__(self, say: Callable[[str], object]):
        super().__init__()
        self.say = say
        self.stop_requested = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "StopOnSignal":
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                # None means that other code than Python installed the handler, so Python could not restore it.
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._before[number] = signal.signal(number, self._request_stop)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _request_stop(self, number: int, frame: FrameType | None) -> None:
        if self.stop_requested:
            raise KeyboardInterrupt
        self.stop_requested = True
        with contextlib.suppress(OSError):  # a closed terminal cannot show messages
            self.say("Stopping after this step. Press Ctrl-C again to stop at once.")

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Stop if a signal arrived."""
        if self.stop_requested:
            raise KeyboardInterrupt

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Stop if a signal arrived."""
        self.on_train_batch_end(batch)
