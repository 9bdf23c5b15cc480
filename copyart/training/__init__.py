"""Training in a workdir that can be resumed: `train`, its callbacks and checkpoints, and distillation."""
