"""Painting a photo: painters, the style folders they come from, and finding them by name."""
