"""`python -m benchmarks [name …]`: measure all, or those that are named; ends with 1 when a promise is broken."""

import sys
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.stage import opened

SMALL, LARGE = 10_000, 1_000_000
# A module of this folder to the databases it is run on, one after the other, each in a process of its own.
PLAN: dict[str, list[int]] = {
    "slots": [SMALL, LARGE],
    "booking_race": [SMALL],
    "messages": [SMALL],
    "desk": [SMALL],
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PLAN]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(PLAN)}.")
        return 2
    figures = []
    for visits in sorted({size for name in names or PLAN for size in PLAN[name]}):
        figures += _on_stage(visits, [name for name in names or PLAN if visits in PLAN[name]])
    return 1 if any(figure.kept is False for figure in figures) else 0


def _on_stage(visits: int, names: list[str]) -> list[Figure]:
    figures = []
    with opened(f"{visits}-visits", visits) as stage:
        for name in names:
            print(f"\n{name}, {visits:,} visits\n", flush=True)
            figures += _table(stage.run("-m", "benchmarks.child", name))
    return figures


def _table(lines: Iterator[str]) -> list[Figure]:
    """A Markdown table, row by row as the figures come in; whatever else is said passes through."""
    figures = []
    print("| what | promised | measured | kept |\n|---|---|---|---|", flush=True)
    for line in lines:
        figure = Figure.heard(line)
        if figure is None:
            print(line, end="", flush=True)
            continue
        figures.append(figure)
        kept = {None: "", True: "yes", False: "**no**"}[figure.kept]
        print(f"| {figure.what} | {figure.promised} | {figure.measured} | {kept} |", flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
