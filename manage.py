#!/usr/bin/env python
"""Django's command line; `manage.py up` runs the whole portal."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError

from config.embedded import ServerError


def main() -> None:
    """What a person can mend by starting something is said in one line; faults of ours keep their traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    try:
        execute_from_command_line(sys.argv)
    except ServerError as error:
        sys.exit(str(error))
    except OperationalError as error:
        if "connection to server" not in str(error):
            raise
        sys.exit("The database does not answer: start the portal (`make run`) in another window, or set DATABASE_URL.")


if __name__ == "__main__":
    main()
