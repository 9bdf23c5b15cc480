"""The checksum of TensorFlow's checkpoints: CRC-32C, by NumPy on many stretches of the bytes at once.

Reference: Castagnoli et al. 1993; the masking: tensorflow/core/lib/hash/crc32c.h.
"""

import numpy as np

_POLYNOMIAL = 0x82F63B78
#: Bytes that are walked through one by one before stretches are taken beside each other.
_STRETCH = 64
_MASK = 0xA282EAD8


def masked_crc32c(data):
    """Return the CRC-32C of at least four bytes, turned and shifted as TensorFlow stores it."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def crc32c(data):
    """Return the CRC-32C of at least four bytes."""
    count = 1 << max((len(data) // _STRETCH).bit_length() - 1, 0)
    width = -(-len(data) // count)
    padded = np.zeros(count * width, np.uint8)  # zeros in front change nothing
    padded[padded.size - len(data) :] = np.frombuffer(data, np.uint8)
    padded[padded.size - len(data) :][:4] ^= 0xFF
    states = np.zeros(count, np.uint32)
    for column in padded.reshape(count, width).T:
        states = _stepped(states ^ column)
    shift = np.uint32(1) << np.arange(32, dtype=np.uint32)
    for _ in range(width):
        shift = _stepped(shift)
    while states.size > 1:
        states = _shifted(states[0::2], shift) ^ states[1::2]
        shift = _shifted(shift, shift)
    return int(states[0]) ^ 0xFFFFFFFF


def _stepped(states):
    return _TABLE[states & 255] ^ (states >> 8)


def _shifted(states, shift):
    """Return states after as many zeros as `shift` stands for, which holds what becomes of each of their 32 bits."""
    bits = states[:, None] >> np.arange(32, dtype=np.uint32) & 1
    return np.bitwise_xor.reduce(np.where(bits == 1, shift, np.uint32(0)), axis=1)


def _table():
    states = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        states = states >> 1 ^ np.where(states & 1, np.uint32(_POLYNOMIAL), np.uint32(0))
    return states


_TABLE = _table()
