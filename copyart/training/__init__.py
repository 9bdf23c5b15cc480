"""Train an artist in a workdir: `train`, its callbacks, checkpoints, and distillation."""
