"""The patterns of secrets: kind and expression, the most telling first.

A pattern without a group matches the secret itself; one with a group matches its surroundings
and the group is the secret. Prefixes are those that the providers publish.
"""

from __future__ import annotations

import re

# The quick look before any rule runs: a text without any of these holds nothing for the
# rules. Every rule must be reachable through one of them (a test proves it for each sample).
HINT = re.compile(
    r"(?i)AKIA|ASIA|AROA|gh[pousr]_|github_pat_|glpat-|gl[a-z]+-|xox|xapp-|hooks\.slack|sk-|"
    r"AIza|ya29\.|-----BEGIN|://[^/\s:@]*:[^/\s@]+@|eyJ|npm_|pypi-|hf_|dop_v1_|SG\.|[rsp]k_(?:live|test)|"
    r"whsec_|AccountKey=|SharedAccess|vault|hv[sbr]\.|dckr_|oy2|lin_api|atlasv1|shpat_|key-|"
    r"pass|pwd|secret|token|api[-_]?key|access[-_]?key|auth|credential|private[-_]?key|"
    r"client[-_]key|-data\b|webhook|bearer|basic\s"
)

_END = r"(?![A-Za-z0-9_])"
_BEGIN = r"(?<![A-Za-z0-9_])"

# Names of settings whose value is secret. ``password_file`` and ``token_url`` are not.
_NAME = (
    r"(?:[A-Za-z0-9_.-]*(?:password|passwd|passphrase|secret[_-]?(?:access[_-]?)?key|secret|"
    r"token|api[_-]?key|apikey|access[_-]?key|auth[_-]?key|private[_-]?key|client[_-]?secret|"
    r"encryption[_-]?key|signing[_-]?key|account[_-]?key|credentials?)|(?:[A-Za-z0-9_.-]*[_.-])?(?:pwd|pass))"
)

RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "private-key",
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
            r"(?:[\s\S]*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|[\s\S]{0,8000})"
        ),
    ),
    ("anthropic-key", re.compile(_BEGIN + r"sk-ant-[A-Za-z0-9_-]{16,}")),
    ("openai-key", re.compile(_BEGIN + r"sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}")),
    (
        "github-token",
        re.compile(_BEGIN + r"(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{22,255})"),
    ),
    ("gitlab-token", re.compile(_BEGIN + r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[\w.-]{16,}")),
    (
        "slack-token",
        re.compile(_BEGIN + r"(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,})"),
    ),
    (
        "slack-webhook",
        re.compile(r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,}"),
    ),
    ("google-key", re.compile(_BEGIN + r"AIza[A-Za-z0-9_-]{35}" + _END)),
    ("google-token", re.compile(_BEGIN + r"ya29\.[A-Za-z0-9_-]{20,}")),
    ("aws-key", re.compile(_BEGIN + r"(?:AKIA|ASIA)[A-Z2-7]{16}" + _END)),
    ("jwt", re.compile(_BEGIN + r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    ("npm-token", re.compile(_BEGIN + r"npm_[A-Za-z0-9]{36}" + _END)),
    ("pypi-token", re.compile(_BEGIN + r"pypi-[A-Za-z0-9_-]{50,}")),
    ("huggingface-token", re.compile(_BEGIN + r"hf_[A-Za-z0-9]{30,}")),
    ("digitalocean-token", re.compile(_BEGIN + r"do[opr]_v1_[a-f0-9]{64}")),
    ("docker-token", re.compile(_BEGIN + r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}")),
    ("sendgrid-key", re.compile(_BEGIN + r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}")),
    (
        "stripe-key",
        re.compile(_BEGIN + r"(?:[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{20,})"),
    ),
    ("vault-token", re.compile(_BEGIN + r"hv[sbr]\.[A-Za-z0-9_-]{20,}")),
    ("terraform-token", re.compile(r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}")),
    ("shopify-token", re.compile(_BEGIN + r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}")),
    # AccountKey of an Azure storage connection string.
    (
        "azure-key",
        re.compile(
            r"(?i)(?:AccountKey|SharedAccessKey|SharedAccessSignature)=([A-Za-z0-9+/=%]{20,})"
        ),
    ),
    ("url-password", re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@'\"]*:([^\s/@'\"]+)@")),
    (
        "authorization",
        re.compile(
            r"(?i)(?:authorization['\"]?\s*[:=]\s*['\"]?)?\b(?:bearer|basic)\s+([A-Za-z0-9._~+/-]{12,}=*)"
        ),
    ),
    # Kubeconfig: certificate and key as base64 (certificates are public: the key only).
    ("kubeconfig-key", re.compile(r"client-key-data['\"]?\s*:\s*['\"]?([A-Za-z0-9+/=]{16,})")),
    # Docker and npm keep user:password as base64 under "auth" and "_auth".
    (
        "registry-auth",
        re.compile(
            r"(?:\"(?:auth|identitytoken|registrytoken)\"\s*:\s*\"|_auth\s*=\s*[\"']?)([A-Za-z0-9+/=_.-]{8,})"
        ),
    ),
    (
        "netrc-password",
        re.compile(
            r"(?m)(?:^|\s)(?:machine\s+\S+|default)\s+(?:login|user)\s+\S+\s+password\s+(\S+)"
        ),
    ),
    ("netrc-password", re.compile(r"(?m)^\s*password[ \t]+([^\s:=]\S{3,})[ \t]*$")),
    # name=value, name: value, "name": "value", --name value; quoted up to the quote,
    # plain up to a blank.
    (
        "setting",
        re.compile(r"(?i)" + _BEGIN + _NAME + r"[\"']?\]?\s*(?::=|=>|=|:)\s*\"([^\"\n]{3,})\""),
    ),
    (
        "setting",
        re.compile(r"(?i)" + _BEGIN + _NAME + r"[\"']?\]?\s*(?::=|=>|=|:)\s*'([^'\n]{3,})'"),
    ),
    (
        "setting",
        re.compile(
            r"(?i)"
            + _BEGIN
            + _NAME
            + r"[\"']?(?:[ \t]*(?:=>|=)[ \t]*|:[ \t]+)([^\s'\",;#}\])][^\s'\",;}\])]{3,})"
        ),
    ),
    ("setting", re.compile(r"(?i)--" + _NAME + r"[ \t]+[\"']?([^\s'\"-][^\s'\"]{5,})")),
    # Kubernetes environment: - name: DB_PASSWORD, next line value: ...
    (
        "setting",
        re.compile(r"(?i)name:\s*[\"']?" + _NAME + r"[\"']?\s*\n\s*value:\s*[\"']?([^\s'\"]{3,})"),
    ),
    # A high-entropy value of AWS's secret key, told by its name alone in most files.
    (
        "aws-secret",
        re.compile(
            r"(?i)aws.{0,20}secret.{0,20}['\"\s=:]([A-Za-z0-9/+]{40})" + r"(?![A-Za-z0-9/+=])"
        ),
    ),
)
