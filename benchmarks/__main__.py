"""`python -m benchmarks NAME …`: runs the measurement in the module of that name."""

from __future__ import annotations

import importlib
import sys

MEASUREMENTS = ("align", "fuzz", "maps", "overlap", "read", "union")


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in MEASUREMENTS:
        sys.exit(f"usage: python -m benchmarks {{{','.join(MEASUREMENTS)}}} [--help]")
    importlib.import_module(f"benchmarks.{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
