"""The demo clinic: obviously fictional people, 555-01xx numbers, example.com addresses."""
