KIND = "json"
PATH = "package.json"
GOOD = """\
{"name": "web", "version": "1.0.0", "scripts": {"start": "node server.js"}}
"""
ERRORS = {
    "a comma too many": ('server.js"}}', 'server.js"},}', "readable"),
    "a key twice": ('"version": "1.0.0"', '"name": "wob"', "readable"),
    "no number": ('"1.0.0"', "NaN", "readable"),
    "text alone": (GOOD, '"web"\n', "structure"),
    "nothing": (GOOD, "\n", "plain-text"),
    "it never closes": ("}}", "}", "readable"),
    "a byte order mark": ('{"name"', '\ufeff{"name"', "plain-text"),
}
