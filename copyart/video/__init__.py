"""Paint films and animations: read the frames, paint them without flicker, write them."""
