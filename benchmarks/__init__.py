"""Benchmarks of Copyart against a plain PyTorch implementation of the same mathematics, in one run."""
