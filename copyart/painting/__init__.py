"""Paint photos: the `Painter`, `load`, masks, stroke size and output paths."""
