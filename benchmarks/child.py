"""`python -m benchmarks.child <name>`: one benchmark, in a process of its own, on the stage its environment names."""

import sys
from importlib import import_module

import django


def main(name: str) -> None:
    django.setup()
    import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1])
