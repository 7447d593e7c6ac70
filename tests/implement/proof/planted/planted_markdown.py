KIND = "markdown"
PATH = "docs/runbooks/rollback.md"
BESIDE = {"docs/runbooks/incident.md": ("text", "# Incident\n")}
GOOD = """\
# Rollback of web

Start with [the incident](incident.md); see [Steps](#steps).

## Steps

| step | seconds |
| --- | --- |
| undo | 30 |
| verify `a|b` | 60 |

```sh
kubectl rollout undo deployment/web
```
"""
ERRORS = {
    "a link that leads nowhere": ("(incident.md)", "(incidents.md)", "links"),
    "an anchor that no heading has": ("(#steps)", "(#step)", "links"),
    "a block that never closes": ("deployment/web\n```\n", "deployment/web\n", "page"),
    "no title": ("# Rollback of web\n", "Rollback of web\n", "page"),
    "a row that is too short": ("| undo | 30 |", "| undo |", "page"),
    "something left to be filled in": ("Start with", "TODO: Start with", "page"),
    "the last line does not end": ("deployment/web\n```\n", "deployment/web\n```", "plain-text"),
}
