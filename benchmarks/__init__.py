"""Copyart against a plain PyTorch implementation of the same mathematics, side by side in one run."""
