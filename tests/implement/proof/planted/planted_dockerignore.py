KIND = "dockerignore"
PATH = ".dockerignore"
GOOD = """\
# what the image does not need
.git
.env*
**/__pycache__
*.md
!README.md
"""
ERRORS = {
    "the history comes along": (".git\n", "", "dockerignore"),
    "secrets come along": (".env*\n", "", "dockerignore"),
    "outside the folder": ("*.md\n", "../*.md\n", "dockerignore"),
    "no pattern": ("*.md\n", "[a-.md\n", "dockerignore"),
    "everything is left out": (
        ".git\n.env*\n**/__pycache__\n*.md\n!README.md\n",
        "*\n",
        "dockerignore",
    ),
    "a comment behind a pattern": (".git\n", ".git # the history\n", "dockerignore"),
    "a pattern twice": ("*.md\n", "*.md\n*.md\n", "dockerignore"),
    "a merge that was not finished": ("*.md\n", "<<<<<<< ours\n*.md\n", "plain-text"),
}
