"""The one kind of error an operator can act on."""


class InputError(Exception):
    """Bad input: the message is one sentence that names the file, the line or the value.

    The command line prints it and exits with status 2. Everything else is a bug and keeps its traceback.
    """
