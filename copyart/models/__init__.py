"""The networks of a CycleGAN, their losses, and the model that trains them together."""
