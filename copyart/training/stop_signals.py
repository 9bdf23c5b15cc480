"""Ctrl-C, SIGTERM and a closed terminal: a run stops at the end of a step, and saves what it has learnt."""

import contextlib
import signal
import threading
from collections.abc import Callable
from types import FrameType

import keras

#: SIGHUP is sent when the terminal closes; Windows has none.
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class StopOnSignal(keras.callbacks.Callback):
    """Stop the run at the end of the step during which a signal came; a second signal stops it at once.

    Use it around `fit` as a context, and in `fit` as a callback behind those that count the steps. Signals that are
    ignored stay so, as SIGHUP under `nohup`. Outside the main thread, which alone receives signals, it does nothing.

    Args:
        say: Called with a line when the first signal comes.
    """

    def __init__(self, say: Callable[[str], object]):
        super().__init__()
        self.say = say
        self.asked = False
        self._before = {}

    def __enter__(self) -> "StopOnSignal":
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                # None: a handler that was not installed from Python and could not be restored.
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        with contextlib.suppress(OSError):  # a closed terminal takes no more lines
            self.say("Stopping after this step; once more stops at once.")

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Stop if asked to."""
        if self.asked:
            raise KeyboardInterrupt

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Stop if asked to."""
        self.on_train_batch_end(batch)
