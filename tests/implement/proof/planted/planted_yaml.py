KIND = "yaml"
PATH = "deploy/values.yaml"
GOOD = """\
name: web
replicas: 3
ports:
  - 8080
labels: {tier: front}
"""
ERRORS = {
    "it never closes": ("{tier: front}", "{tier: front", "readable"),
    "a key twice": ("replicas: 3", "name: wob", "readable"),
    "a tab before a key": ("  - 8080", "\t- 8080", "readable"),
    "text alone": (GOOD, "web\n", "structure"),
    "an odd place": ("replicas: 3", "  replicas: 3", "readable"),
    "an anchor that nobody set": ("replicas: 3", "replicas: *three", "readable"),
    "a character of control": ("name: web", "name: we\x07b", "plain-text"),
}
