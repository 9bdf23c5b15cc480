"""Benchmarks of Copyart against a plain PyTorch implementation of the same mathematics; each run measures both."""
