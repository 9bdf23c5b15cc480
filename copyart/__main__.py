"""`python -m copyart` is `copyart`."""

from copyart.cli import main

if __name__ == "__main__":
    main()
