"""The patterns of secrets: kind and expression, the most telling first.

A pattern without a group matches the secret itself; one with a group matches its surroundings
and the group is the secret. Prefixes and lengths are those that the providers publish for
secret scanners.

The text is not ours and may be made to be slow, so no pattern begins with, or goes on after,
a repetition without a bound; a test holds each to hostile texts.
"""

from __future__ import annotations

import re

# The quick look before any rule runs: a text without any of these holds nothing for the
# rules (a test holds every sample to it).
HINT = re.compile(
    r"AKIA|ASIA|gh[pousr]_|github_pat_|gl[a-z]{1,6}-|xox|xapp-|hooks\.slack|sk-|AIza|ya29\.|"
    r"-----BEGIN|://[^/\s:@]{0,256}:[^/\s@]{1,512}@|eyJ|npm_|pypi-|hf_|do[opr]_v1_|SG\.|"
    r"[?&;]sig=|\b(?:curl|wget|https?|xh|sshpass|login|mysql\w{0,8}|redis-cli)[ \t]|\"sensitive\"|"
    r"\"(?:result|bcrypt_hash)\"|[rs]k_(?:live|test)|whsec_|hv[sbr]\.|dckr_|atlasv1|shp(?:at|ca|pa|ss)_|"
    r"(?i:pass|pwd|secret|token|api[-_]?key|access[-_]?key|auth|credential|private[-_]?key|"
    r"account[-_]?key|encryption[-_]?key|signing[-_]?key|client-key-data|bearer|basic)"
)

_BEGIN = r"(?<![A-Za-z0-9_])"
_END = r"(?![A-Za-z0-9_])"

# The end of a name whose value is secret: DB_PASSWORD, clientSecret, not password_file.
_NAME = (
    r"(?:(?:password|passwd|passphrase|secret[_-]?(?:access[_-]?)?key|secret|token|"
    r"api[_-]?key|access[_-]?key|auth[_-]?key|private[_-]?key|encryption[_-]?key|"
    r"signing[_-]?key|account[_-]?key|credentials?)|(?<![a-z])(?:pwd|pass))"
)
_BARE = r"([^\s'\",;#}\])][^\s'\",;}\])]{3,})"


# A Kubernetes Secret: every value under data and stringData, whatever its name.
SECRET_MANIFEST = re.compile(
    r"(?m)(?:^|[{,][ \t]{0,8})[ \t]{0,16}[\"']?kind[\"']?:[ \t]{0,8}[\"']?Secret[\"']?"
    r"[ \t]{0,80}(?:[,}\r]|$)"
)
# The same in JSON and in YAML's flow style.
SECRET_FLOW = re.compile(
    r"[\"']?\b(?:data|stringData)[\"']?[ \t]{0,8}:[ \t]{0,8}\{[^{}]{0,200000}\}"
)
SECRET_FLOW_VALUE = re.compile(
    r"[{,]\s{0,80}[\"']?[\w.-]{1,200}[\"']?[ \t]{0,8}:[ \t]{0,8}"
    r"(?:\"([^\"\n]{3,})\"|([^\s\"',{}]{3,}))"
)
SECRET_DATA = re.compile(r"(?m)^(?:data|stringData):[ \t]*\r?\n(?:[ \t]+\S.*(?:\n|\Z)|[ \t]*\n)+")
_KEY = r"(?m)^[ \t]+[\"']?[\w.-]+[\"']?:[ \t]+"
SECRET_VALUE = re.compile(_KEY + r"[\"']?([^\s\"'|>][^\n\"']{2,}?)[\"']?[ \t]*\r?$")
SECRET_BLOCK = re.compile(_KEY + r"[|>][-+\d]*[ \t]*\n((?:[ \t]{3,}\S.*\n)*[ \t]{3,}\S.*)")


def _token(pattern: str) -> re.Pattern[str]:
    return re.compile(_BEGIN + pattern)


def _setting(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "private-key",
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            r"(?:[\s\S]{0,20000}?-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            r"|[\s\S]{0,8000})"
        ),
    ),
    ("anthropic-key", _token(r"sk-ant-[A-Za-z0-9_-]{16,}")),
    (
        "openai-key",
        _token(
            r"sk-(?:proj-|svcacct-|admin-)?(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{20,}",
        ),
    ),
    ("github-token", _token(r"(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{22,255})")),
    ("gitlab-token", _token(r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[\w.-]{16,}")),
    ("slack-token", _token(r"(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,})")),
    (
        "slack-webhook",
        re.compile(r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,}"),
    ),
    ("google-key", _token(r"AIza[A-Za-z0-9_-]{35}" + _END)),
    ("google-token", _token(r"ya29\.[A-Za-z0-9_-]{20,}")),
    ("aws-key", _token(r"(?:AKIA|ASIA)[A-Z0-9]{16}" + _END)),
    (
        "jwt",
        _token(
            r"eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]*",
        ),
    ),
    ("npm-token", _token(r"npm_[A-Za-z0-9]{36}" + _END)),
    ("pypi-token", _token(r"pypi-[A-Za-z0-9_-]{50,}")),
    ("huggingface-token", _token(r"hf_[A-Za-z0-9]{30,}")),
    ("digitalocean-token", _token(r"do[opr]_v1_[a-f0-9]{64}")),
    ("docker-token", _token(r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}")),
    ("sendgrid-key", _token(r"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}")),
    (
        "stripe-key",
        _token(r"(?:[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{20,})"),
    ),
    ("vault-token", _token(r"hv[sbr]\.[A-Za-z0-9_-]{20,}")),
    ("terraform-token", _token(r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}")),
    ("shopify-token", _token(r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}")),
    # Connection strings of Azure.
    (
        "azure-key",
        _setting(
            r"(?:AccountKey|SharedAccessKey|SharedAccessSignature)=([A-Za-z0-9+/=%]{20,})",
        ),
    ),
    (
        "url-password",
        re.compile(r"(?<=[A-Za-z0-9])://[^\s/:@'\"]{0,256}:([^\s/@'\"]{1,512})@"),
    ),
    (
        "authorization",
        _setting(
            r"authorization['\"]?[ \t]{0,4}[:=][ \t]{0,4}['\"]?\w{1,20}[ \t]{1,4}([^\s'\"]{8,})"
        ),
    ),
    # Without that word in front, prose such as "basic configuration" must stay: a digit.
    (
        "authorization",
        _setting(
            r"\b(?:bearer|basic)[ \t]{1,4}(?=[a-z._~+/-]{0,200}\d)([A-Za-z0-9._~+/-]{12,}={0,2})",
        ),
    ),
    # A kubeconfig's certificates are public: its keys only.
    (
        "kubeconfig-key",
        re.compile(r"client-key-data['\"]?[ \t]{0,4}:[ \t]{0,4}['\"]?([A-Za-z0-9+/=]{16,})"),
    ),
    # Docker and npm keep user:password as base64.
    (
        "registry-auth",
        re.compile(
            r"(?:\"(?:auth|identitytoken|registrytoken)\"[ \t]{0,4}:[ \t]{0,4}\""
            r"|_auth[ \t]{0,4}=[ \t]{0,4}[\"']?)([A-Za-z0-9+/=_.-]{8,})"
        ),
    ),
    (
        "netrc-password",
        re.compile(r"\b(?:login|user)\s{1,40}\S{1,200}\s{1,40}password\s{1,40}(\S+)"),
    ),
    # name=value, name: value, "name": "value", --name value.
    (
        "setting",
        _setting(
            _NAME + r"[\"']?\]?[ \t]{0,20}(?::=|=>|=|:)[ \t]{0,20}\"([^\"\n]{3,4000})\"",
        ),
    ),
    (
        "setting",
        _setting(_NAME + r"[\"']?\]?[ \t]{0,20}(?::=|=>|=|:)[ \t]{0,20}'([^'\n]{3,4000})'"),
    ),
    ("setting", _setting(_NAME + r"[\"']?[ \t]{0,20}(?:=>|=)[ \t]{0,20}" + _BARE)),
    # After a colon it may be prose ("one secret: deploy small"): the value ends its line, or
    # has a digit.
    (
        "setting",
        _setting(_NAME + r"[\"']?:[ \t]{1,20}" + _BARE + r"(?=[ \t]{0,20}(?:[#,;}].*)?\r?$)"),
    ),
    ("setting", _setting(_NAME + r"[\"']?:[ \t]{1,20}(?=[^\s\"']{0,200}\d)" + _BARE)),
    (
        "setting",
        _setting(r"--[a-z0-9_-]{0,40}" + _NAME + r"[ \t]{1,8}[\"']?([^\s'\"-][^\s'\"]{5,})"),
    ),
    # <password>value</password>
    ("setting", _setting(r"<[\w.:-]{0,60}" + _NAME + r">([^<>\n]{3,4000})</")),
    # define('DB_PASSWORD', 'value'), setenv("TOKEN", "value")
    (
        "setting",
        _setting(
            r"\b(?:define|set|put)\w{0,16}\([ \t]{0,4}[\"'][\w.-]{0,80}"
            + _NAME
            + r"[\"'][ \t]{0,4},[ \t]{0,4}[\"']([^\"'\n]{3,4000})[\"']"
        ),
    ),
    # A Dockerfile's older form: ENV DB_PASSWORD value
    ("setting", _setting(r"^[ \t]{0,8}ENV[ \t]{1,8}\w{0,80}" + _NAME + r"[ \t]{1,8}([^\s=]{3,})")),
    # curl -u me:value, http -a me:value
    (
        "command-password",
        _setting(
            r"\b(?:curl|wget|https?|xh)[ \t][^\n|;]{0,200}?(?<=[ \t])"
            r"(?:-u|-a|--user|--auth|--proxy-user)[ \t=]{1,4}[\"']?[^\s:\"']{1,100}:([^\s\"']{3,})"
        ),
    ),
    # docker login -p value, sshpass -p value, redis-cli -a value, mysql -pvalue
    (
        "command-password",
        _setting(
            r"\b(?:sshpass|login|redis-cli)[ \t](?:[^\n|;]{0,200}?[ \t])?(?:-p|-a)[ \t=]{0,4}"
            r"[\"']?([^\s\"'-][^\s\"']{3,})"
        ),
    ),
    (
        "command-password",
        _setting(r"\bmysql\w{0,8}[ \t](?:[^\n|;]{0,200}?[ \t])?-p([^\s\"'-][^\s\"']{3,})"),
    ),
    # In prose: the password is value; a digit in it tells it from a word.
    (
        "setting",
        _setting(
            r"\b(?:password|passphrase|passwd|token|secret|api[ -]?key)[ \t]{1,4}(?:is|was|now)"
            r"[ \t:]{1,4}[\"'`]?(?=[^\s]{0,80}\d)(?=[^\s]{0,80}[a-z])([^\s\"'`,;]{7,}[^\s\"'`,;.])"
        ),
    ),
    # A state of Terraform: what random_password made, and outputs marked as sensitive.
    (
        "state-secret",
        re.compile(r"\"(?:result|bcrypt_hash)\"[ \t]{0,4}:[ \t]{0,4}\"([^\"\n]{8,500})\""),
    ),
    (
        "state-secret",
        re.compile(
            r"\"value\"[ \t]{0,4}:[ \t]{0,4}\"([^\"\n]{3,4000})\""
            r"(?=[^{}]{0,200}\"sensitive\"[ \t]{0,4}:[ \t]{0,4}true)"
        ),
    ),
    # A signature in a URL of Azure's storage.
    ("azure-key", re.compile(r"[?&;]sig=([A-Za-z0-9%+/]{20,200}=?)")),
    # A container's environment: the name on one line, the value on the next.
    (
        "setting",
        _setting(
            r"name:[ \t]{0,8}[\"']?[\w.-]{0,128}"
            + _NAME
            + r"[\"']?[ \t]{0,8}\n[ \t]{0,80}value:[ \t]{0,8}[\"']?([^\s'\"]{3,})"
        ),
    ),
    (
        "aws-secret",
        _setting(r"aws.{0,20}secret.{0,20}['\"\s=:]([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"),
    ),
)
