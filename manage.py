#!/usr/bin/env python3
"""Haitao's commands: ``python manage.py help``."""

import os
import sys


def main() -> None:
    """Run one command with the platform's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.conf.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run 'make run', or '.venv/bin/python manage.py …'.")
    if any("\ud800" <= letter <= "\udfff" for argument in sys.argv for letter in argument):
        sys.exit("An argument is not UTF-8.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
