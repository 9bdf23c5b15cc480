"""Learning an artist: the run, its folder, and what happens along the way."""
