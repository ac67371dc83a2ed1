"""Reads that join apps, one module for each page."""
