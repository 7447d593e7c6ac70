from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.ground.redaction import Redactor
from devops_exe.ground.redaction_rules import HINT

# Samples are put together so that no scanner takes this file for a leak.
A36 = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2zA4"
B64 = base64.b64encode(b"some secret bytes of a certain length!").decode()
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEow\nabc+/=\n-----END RSA PRIVATE " + "KEY-----"
JWT = "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"

SECRETS = {
    "aws-key": ("id: {}", "AK" + "IAIOSFODNN7QWERTYU"),
    "aws session key": ("{}", "AS" + "IAIOSFODNN7QWERTYU"),
    "aws secret": ("aws_secret_access_key = {}", "wJalrXUtnFEMIK7MDENGbPxRfiCYQWERTYUIOPAS"),
    "aws secret env": (
        "export AWS_SECRET_ACCESS_KEY={}",
        "wJalr/UtnFEMIK7MDENGbPxRfiCYQWERTYUIOPAS",
    ),
    "github": ("token {} here", "gh" + "p_" + A36),
    "github fine": ("{}", "github_" + "pat_11ABCDEFG0" + A36),
    "github app": ("https://x-access-token:{}@github.com/a/b", "gh" + "s_" + A36),
    "gitlab": ("{}", "gl" + "pat-" + "aB3dE5fG7hJ9kL1mN2pQ"),
    "gitlab runner": ("{}", "gl" + "rt-" + "aB3dE5fG7hJ9kL1mN2pQ"),
    "slack": ("{}", "xo" + "xb-1234567890-abcdefghij"),
    "slack webhook": (
        "curl {}",
        "https://hooks." + "slack.com/services/T00000000/B00000000/" + A36,
    ),
    "anthropic": ("ANTHROPIC_API_KEY={}", "sk" + "-ant-api03-" + A36),
    "openai": ("{}", "sk" + "-proj-" + A36),
    "openai old": ("{}", "sk" + "-" + A36),
    "google": ("{}", "AI" + "zaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q"),
    "google oauth": ("{}", "ya" + "29.a0ARrdaM" + A36),
    "npm": ("//registry/:_authToken={}", "np" + "m_" + A36),
    "npmrc auth": ("_auth = {}", B64),
    "pypi": ("{}", "py" + "pi-" + A36 + A36),
    "huggingface": ("{}", "hf" + "_" + A36),
    "docker pat": ("{}", "dckr_" + "pat_" + A36),
    "docker config": ('{{"auths": {{"r.example": {{"auth": "{}"}}}}}}', B64),
    "stripe": ("{}", "sk" + "_live_" + A36),
    "sendgrid": ("{}", "SG" + "." + A36[:22] + "." + A36),
    "vault": ("{}", "hv" + "s." + A36),
    "digitalocean": ("{}", "dop" + "_v1_" + "0123456789abcdef" * 4),
    "private key": ("cert:\n{}\nend", PEM),
    "openssh key": ("{}", PEM.replace("RSA", "OPENSSH")),
    "jwt": ("cookie={}", JWT),
    "bearer": ("curl -H 'Authorization: Bearer {}'", "abcdEFGH1234567890"),
    "basic": ("Authorization: Basic {}", "dXNlcjpwYXNzd29yZDEyMw=="),
    "url": ("DATABASE_URL=postgres://app:{}@db.internal:5432/shop", "s3cr3t-pw"),
    "redis url": ("redis://:{}@cache:6379/0", "hunter2hunter2"),
    "kubeconfig key": ("    client-key-data: {}", B64),
    "kubeconfig token": ("    token: {}", "k8s-aw-abcdefghijklmnop"),
    "netrc": ("machine api.example login me password {}", "p4ssw0rd!"),
    "netrc lines": ("machine api.example\n  login me\n  password {}\n", "p4ssw0rd!"),
    "env file": ("DB_PASSWORD={}", "correct-horse"),
    "env file quoted": ('DB_PASSWORD="{}"', "correct horse; battery"),
    "yaml": ("password: {}", "correct-horse"),
    "yaml single": ("admin_password: '{}'", "correct: horse"),
    "json": ('{{"clientSecret": "{}"}}', "Ab1-correct-horse"),
    "terraform": ('  master_password = "{}"', "correct horse"),
    "terraform state": ('"password": "{}",', "correct-horse"),
    "helm": ("  apiKey: {}", "q8w7e6r5t4y3"),
    "python": ("SECRET_KEY = '{}'", "django-insecure-abc123"),
    "flag": ("mysql --password {} -h db", "correct-horse"),
    "flag equals": ("tool --api-key={}", "q8w7e6r5t4y3"),
    "kubernetes env": ("- name: DB_PASSWORD\n  value: {}", "correct-horse"),
    "azure": ("DefaultEndpointsProtocol=https;AccountName=x;AccountKey={};E=1", B64),
    "words": ("my password is: hunter, and api_key={}", "q8w7e6r5t4y3"),
}


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_replaced(name):
    surroundings, secret = SECRETS[name]
    text = surroundings.format(secret)
    redactor = Redactor()
    redacted = redactor.redact(text)
    assert secret not in redacted
    assert "‹secret:" in redacted
    assert HINT.search(text), "the quick look would have missed it"
    assert redactor.redact(redacted) == redacted
    # Nothing but the secret is lost.
    for piece in surroundings.replace("{{", "{").replace("}}", "}").split("{}"):
        if name not in {"aws secret"}:
            assert piece in redacted or piece.strip() in redacted


HARMLESS = [
    "image: ghcr.io/acme/app@sha256:" + "0123456789abcdef" * 4,
    "uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
    "commit 3f07117aa0c1e2d3b4f5061728394a5b6c7d8e9f",
    '"integrity": "sha512-' + B64 + B64 + '=="',
    '      "resolved": "https://host.example/left-pad/-/left-pad-1.3.0.tgz",',
    "requests==2.31.0 --hash=sha256:" + "0123456789abcdef" * 4,
    'checksum = "' + "0123456789abcdef" * 4 + '"',
    "github.com/pkg/errors v0.9.1 h1:FEBLx1zS214owpjy7qsBeixbURkuhQAwrK5UwLGTwt4=",
    "password: ${DB_PASSWORD}",
    "password: {{ .Values.db.password }}",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "DB_PASSWORD=$DB_PASSWORD",
    "password = var.db_password",
    "secret_key = os.environ['SECRET_KEY']",
    "token = get_token(request)",
    "password: null",
    "passwordSecretRef: vault:secret/data/db#password",
    "secretName: shop-tls",
    "    secretKeyRef:\n      name: shop\n      key: password",
    "valueFrom:\n  secretKeyRef: {name: db, key: password}",
    "automountServiceAccountToken: false",
    "password_file: /run/secrets/db",
    "tokens: 1200",
    "max_tokens=4096",
    "the token budget is spent, basic auth is off and the bearer of news sleeps",
    "https://user@host.example/path",
    "http://localhost:8080/@scope/package",
    "ssh git@github.com:acme/app.git",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
    "passes: true, bypass: yes, compass: north",
    "p99 250 ms, 1200 rps, 99.95 %, RTO 15 min",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "secrets: inherit",
    "permissions:\n  id-token: write",
    "Authorization: Bearer $TOKEN",
    "uuid 123e4567-e89b-12d3-a456-426614174000",
    "task-runner sk-learn risk-assessment-of-the-whole-thing",
    "┌─ DEPLOYMENT STRATEGY ─┐\n│ Selected: Blue-Green │",
    "one secret: deploy small and often, and never the token: of trust",
    "key: value, primary_key: id, partition_key: region",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text):
    assert Redactor().redact(text) == text


def test_placeholders_are_stable_and_numbered():
    one, two = (SECRETS[name][1] for name in ("github", "github fine"))
    redactor = Redactor()
    assert redactor.redact(f"{one} {two} {one}") == (
        "‹secret:github-token:1› ‹secret:github-token:2› ‹secret:github-token:1›"
    )
    assert redactor.redact(f"again {two}") == "again ‹secret:github-token:2›"
    assert redactor.found() == {"github-token": 2}


def test_a_secret_once_seen_is_known_anywhere():
    redactor = Redactor()
    redactor.redact("DB_PASSWORD=C0rrect-horse")
    assert redactor.redact("I tried C0rrect-horse by hand") == "I tried ‹secret:setting:1› by hand"


@pytest.mark.parametrize("word", ["production", "checkout-api-v2", "web1"])
def test_a_word_is_not_hunted_elsewhere(word):
    redactor = Redactor()
    assert word not in redactor.redact(f"password: {word}")
    assert redactor.redact(f"the {word} tier") == f"the {word} tier"
    assert "setting:1›" in redactor.redact(f"password: {word}")


def test_the_map_is_not_printed():
    redactor = Redactor()
    redactor.redact("DB_PASSWORD=correct-horse")
    assert "correct" not in repr(redactor)


def test_an_unfinished_private_key_is_replaced_too():
    text = PEM[: PEM.index("-----END")]
    assert "MIIEow" not in Redactor().redact(text)


@settings(max_examples=100)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([a.format(b) for a, b in SECRETS.values()]),
            st.sampled_from(HARMLESS),
            st.text(max_size=20),
        ),
        max_size=5,
    ).map("\n".join)
)
def test_a_second_time_changes_nothing(text):
    redactor = Redactor()
    once = redactor.redact(text)
    assert redactor.redact(once) == once
    assert Redactor().redact(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "token " * 40_000,
        "password=" * 30_000,
        "eyJ" * 70_000,
        "-----BEGIN PRIVATE " + "KEY-----" * 20_000,
        "://" * 70_000,
        "x_" * 100_000 + "password",
        "aws secret " * 20_000,
        " " * 200_000 + "password",
        "name: password\n" * 10_000,
        "kind: Secret\ndata:\n" + "  a: bcd\n" * 10_000,
        "kind: Secret\ndata:\n" + "  a: |\n" * 10_000,
        "kind: Secret\ndata:\n" + " " * 100_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_is_not_slow(text):
    begun = time.process_time()
    Redactor().redact(text)
    assert time.process_time() - begun < 2.0


MANIFEST = """apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data:
  MODE: production
---
apiVersion: v1
kind: Secret
metadata:
  name: shop
type: Opaque
data:
  tls.crt: "QUJDREVGR0g="

  greeting: SGVsbG8gd29ybGQ=
stringData:
  config.ini: |
    [db]
    host=db.internal
  plain: hello there
"""


def test_every_value_of_a_kubernetes_secret_is_replaced():
    redactor = Redactor()
    redacted = redactor.redact(MANIFEST)
    for secret in ("QUJDREVGR0g=", "SGVsbG8gd29ybGQ=", "db.internal", "hello there"):
        assert secret not in redacted
    for harmless in ("MODE: production", "name: shop", "type: Opaque", "tls.crt:", "plain:"):
        assert harmless in redacted
    assert redactor.found() == {"kubernetes-secret": 4}
    assert redactor.redact(redacted) == redacted


def test_a_reference_to_a_kubernetes_secret_stays():
    text = "kind: SecretStore\ndata:\n  a: bcdef\n"
    assert Redactor().redact(text) == text
