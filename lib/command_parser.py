"""What reads the arguments of a command that is a module."""

import argparse


class CommandParser(argparse.ArgumentParser):
    """The arguments of `python -m <module>`; its help shows the description as it is written.

    Args:
        module: its name, such as "lib.commands.publish".
        description: its docstring.
    """

    def __init__(self, module: str, description: str | None):
        layout = argparse.RawDescriptionHelpFormatter
        super().__init__(f"python -m {module}", description=description, formatter_class=layout)
