"""What can be wrong with a change to a task."""


class TaskClosedError(Exception):
    """The task is done already: it can be set back to open, and nothing else."""


class OwnerOutsideClinicError(Exception):
    """The person may not see tasks of this clinic, so the task would vanish from every list."""
