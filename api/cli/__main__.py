"""`python -m api.cli`: runs a command; a setup error is told, never traced."""

import logging
import sys

from api.cli.app import app
from api.cli.errors import exit_code
from api.cli.look import complain
from infra.errors import SetupError


def main() -> None:
    # Libraries report a lost connection at length; what matters of it is told by the command.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        app(prog_name="hb")
    except SetupError as error:
        complain(error.message, error.fix)
        sys.exit(exit_code(error))


if __name__ == "__main__":
    main()
