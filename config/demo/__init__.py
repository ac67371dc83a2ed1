"""The demo clinic: obviously fictional people, 555-01xx numbers, example.com addresses."""

PASSWORD = "demo-clinic-2026"  # noqa: S105 - printed at start-up, and the demo refuses to be production
