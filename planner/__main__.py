"""Run the command line, as ``python -m planner`` or as the installed script."""

import sys


def main() -> None:
    """Run the command line; an interrupt while it is still being loaded is no traceback."""
    try:
        from planner.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
