"""`python -m geo` is `keniki`."""

from .cli import main

if __name__ == "__main__":
    main()
