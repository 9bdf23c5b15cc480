"""Ctrl-C while training: stop the run after the current step, when weights and step counts agree."""

import signal
import threading

import keras


class StopWhenAsked(keras.callbacks.Callback):
    """Stop the run after the step at which Ctrl-C, or a polite kill, came; a second one stops at once.

    Use it around `fit` as a context, and in `fit` as a callback behind those that count the steps. Outside the main
    thread, which alone gets signals, it does nothing.

    Args:
        say: Called with a line when the first one comes.
    """

    def __init__(self, say):
        super().__init__()
        self.say = say
        self.asked = False
        self._before = {}

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if callable(signal.getsignal(number)):  # what ends the process without Python's help goes on doing so
                    self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *error):
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number, frame):
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self.say("Stopping after this step; once more stops at once.")

    def on_train_batch_end(self, batch, logs=None):
        """Stop where that was asked for."""
        if self.asked:
            raise KeyboardInterrupt

    def on_test_batch_end(self, batch, logs=None):
        """Stop where that was asked for."""
        self.on_train_batch_end(batch)
