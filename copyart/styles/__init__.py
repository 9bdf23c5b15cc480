"""What a style is: its files, the packed style, hub handles, and the styles that come with Copyart."""
