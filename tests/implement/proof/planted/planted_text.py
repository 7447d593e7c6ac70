KIND = "text"
PATH = "VERSION"
GOOD = "1.4.0\n"
ERRORS = {
    "nothing": (GOOD, "\n", "plain-text"),
    "the last line does not end": (GOOD, "1.4.0", "plain-text"),
    "a character of control": ("1.4.0", "1.4\x1b[31m.0", "plain-text"),
    "a byte order mark": ("1.4.0", "\ufeff1.4.0", "plain-text"),
    "a merge that was not finished": (GOOD, "<<<<<<< ours\n1.4.0\n", "plain-text"),
    "text that turns around": ("1.4.0", "1.4\u202e.0", "plain-text"),
    "a secret": (GOOD, "password=Tr0ub4dor&3xK9q!vz\n", "no-secret"),
}
