"""Pictures: find, decode, check, split and batch them."""
