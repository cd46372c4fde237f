"""The command line: `python -m plugin status`."""

from plugin.cli import main

raise SystemExit(main())
