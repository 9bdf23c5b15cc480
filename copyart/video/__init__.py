"""Films and animations: read, painted without flicker, written."""
