"""Host names in the values of environment variables; user names and passwords are dropped."""

from __future__ import annotations

import re

from devops_exe.assess.readers.lines import numbered

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://(?:[^/\s\"']{0,200}@)?([\w.-]{1,120})")
_HOST_PORT = re.compile(r"(?:^|[,;\s\"'@])([a-zA-Z][\w.-]{0,120}):\d{2,5}(?![\w.])")
_KEYED = re.compile(
    r"(?:^|;)\s{0,4}(?:server|host|data source)\s{0,2}=\s{0,2}([\w.-]{1,120})", re.I
)
_BARE = re.compile(r"[a-zA-Z][\w.-]{0,120}\Z")
_ADDRESS = re.compile(
    r"(?:ADDR|ADDRESS|URL|URI|HOST|HOSTS|HOSTNAME|ENDPOINT|SERVER|SERVERS|SERVICE|BROKERS?|DSN|"
    r"UPSTREAM|PEER|NODES)\Z"
)
_OWN = re.compile(
    r"^(?:APP|SITE|BASE|PUBLIC|ROOT|SELF|WEB|FRONTEND|FRONT_END|CLIENT|SERVER|HOME|ASSET|CDN|"
    r"NEXTAUTH|VIRTUAL|LETSENCRYPT|DEFAULT|ALLOWED|CORS|CSRF|TRUSTED|REDIRECT|CALLBACK|ORIGIN)"
    r"|ORIGINS?\b|CALLBACK|REDIRECT|DOMAIN|REPOSITORY|_REPO\b|DOCS|HOMEPAGE|LICENSE|IMAGE|"
    r"DOWNLOAD|VERSION|PROXY|INSTALL|GPG|DIST",
    re.IGNORECASE,
)
_NOWHERE = re.compile(
    r"(?:^|\.)(?:localhost|local|internal|localdomain|test|invalid|example(?:\.(?:com|org|net))?|"
    r"yourdomain(?:\.\w+)?|domain\.com|mysite\.com|mailtrap\.io)\Z|^\d+(?:\.\d+)*\Z|^(?:your|my)[-_.]|example"
)
_PLACES = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\Z")
_PAIR = re.compile(r"\s{0,8}(?:export\s)?([A-Za-z_][\w.]{0,80})\s{0,4}=\s{0,4}(.{0,500})\Z")


def hosts_in(name: str, value: str) -> tuple[str, ...]:
    """Host names that a variable's value holds, in the order met.

    >>> hosts_in("CART_ADDR", "cart:7070"), hosts_in("DB", "postgres://u:p@db.prod:5432/x")
    (('cart',), ('db.prod',))
    """
    text = value.strip().strip("\"'")[:2000]
    if not text or "$(" in text:
        return ()
    plain = re.sub(r"\$\{\w{1,80}(?::?[-?][^{}]{0,200})?\}", "", text)
    found = [
        match[1] for pattern in (_URL, _HOST_PORT, _KEYED) for match in pattern.finditer(plain)
    ]
    if not found and _ADDRESS.search(name.upper().replace("-", "_")) and _BARE.match(plain):
        found = [plain]
    return tuple(dict.fromkeys(host.strip(".-") for host in found if host.strip(".-")))


def is_outside(name: str, host: str) -> bool:
    """Whether a host is another party's: a full name, and no address of the system itself."""
    low = host.lower()
    if not _PLACES.match(low) or _NOWHERE.search(low) or _OWN.search(name):
        return False
    end = low.rpartition(".")[2]
    files = ("yml", "yaml", "json", "py", "js", "so", "sh", "sock", "conf", "svc", "pem", "md")
    return len(end) >= 2 and end.isalpha() and end not in files


def pairs_of(text: str) -> list[tuple[str, str, int]]:
    """(name, value, line) of an example environment; commented lines are left out."""
    found: list[tuple[str, str, int]] = []
    for number, line in numbered(text):
        match = _PAIR.match(line)
        if match is not None:
            found.append((match[1], match[2].split(" #", 1)[0], number))
        if len(found) >= 500:
            break
    return found
