"""The figures the portal promises, measured. `make bench` runs all of them; README.md keeps what was measured."""
