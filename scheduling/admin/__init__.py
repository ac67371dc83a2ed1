"""Set-up of what can be booked, when, with whom; and what a clinic still lacks."""

from scheduling.admin import clinic, provider, reminder, steps, visit_type

__all__ = ["clinic", "provider", "reminder", "steps", "visit_type"]
