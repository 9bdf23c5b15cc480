"""Pictures: read, found, reported on, and batched."""
