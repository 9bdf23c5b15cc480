"""The networks of a CycleGAN, its losses, and the `CycleGAN` model that trains them together."""
