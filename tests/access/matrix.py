"""The matrix file: for each address and role, the status of each method."""

from pathlib import Path

from tests.access.world import METHODS, ROLES

FILE = Path(__file__).with_name("matrix.txt")
HEAD = f"""\
What each address answers to each role, by method: {" ".join(METHODS)}.
Written by `pytest tests/access --update-matrix`; read every change of it in review.
"""

Matrix = dict[tuple[str, str], str]  # (address, role) → statuses


def read() -> Matrix:
    matrix: Matrix = {}
    route = ""
    for line in FILE.read_text().splitlines() if FILE.exists() else ():
        if line.startswith("/"):
            route = line.partition("  [")[0]
        elif line.startswith("    "):
            statuses, _, role = line.strip().partition("  ")
            matrix[route, role] = statuses
    return matrix


def write(matrix: Matrix, declared: dict[str, str]) -> None:
    """`declared` says of each address what its view declares."""
    lines = [HEAD]
    for route, access in declared.items():
        lines.append(f"{route}  [{access}]")
        lines += [f"    {matrix[route, role]}  {role}" for role in ROLES if (route, role) in matrix]
    FILE.write_text("\n".join(lines) + "\n")


def difference(expected: Matrix, actual: Matrix) -> list[str]:
    keys = [*actual, *(key for key in expected if key not in actual)]
    return [
        f"{route} as {role}: {expected.get((route, role), 'not in the file')} → {actual.get((route, role), 'gone')}"
        for route, role in keys
        if expected.get((route, role)) != actual.get((route, role))
    ]
