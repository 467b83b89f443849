#!/usr/bin/env python
"""Django's command line."""

import os
import sys
from pathlib import Path

from apps.quickstart.bootstrap import prepare


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    prepare(Path(__file__).resolve().parent, serving=sys.argv[1:2] == ["serve"])
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
