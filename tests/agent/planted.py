"""A repository with a secret of every kind in files of innocent names and of telling ones.

Values are put together at run time, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_count = 0


def _odd(length: int, alphabet: str = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYzCcDiFoHuJe") -> str:
    """A value that occurs once: every call gives another."""
    global _count
    _count += 1
    state, out = _count * 7919 + 13, ""
    while len(out) < length:
        state = (state * 1103515245 + 12345) % 2**31
        out += alphabet[state // 65536 % len(alphabet)]
    return out


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _pem(kind: str = "RSA ") -> tuple[str, str]:
    body = "\n".join(_odd(64) for _ in range(4))
    return f"-----BEGIN {kind}PRIVATE " + f"KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----", body


HEX = "0123456789abcdef"


def plant(root: Path) -> tuple[dict[str, str], list[str]]:
    """Write the repository.

    Returns:
        Name of each secret to its value (a line of it, where it has many), and the files that
        a model may read.
    """
    secrets: dict[str, str] = {}

    def new(name: str, value: str) -> str:
        secrets[name] = value
        return value

    pem, body = _pem()
    secrets["pem"] = body.split("\n")[1]
    openssh, body = _pem("OPENSSH ")
    secrets["openssh"] = body.split("\n")[2]
    google, body = _pem("")
    secrets["google service account"] = body.split("\n")[0]
    open_files = {
        "README.md": (
            "# shop\n\nRun it against `postgres://app:"
            + new("url password", _odd(14))
            + "@db.internal:5432/shop`, or\n\n    curl -u admin:"
            + new("curl user", _odd(12))
            + " https://shop.example/health\n    PGPASSWORD="
            + new("pgpassword", _odd(12))
            + " psql -h db\n    mysql --password="
            + new("mysql flag", _odd(12))
            + "\n    kubectl create secret generic db --from-literal=password="
            + new("from literal", _odd(12))
            + "\n    sshpass -p "
            + new("sshpass", _odd(12))
            + " ssh host\n    http -a me:"
            + new("httpie", _odd(12))
            + " shop.example\n"
        ),
        "src/settings.py": (
            "import os\nDEBUG = False\nSECRET_KEY = '"
            + new("django key", _odd(50))
            + "'\nDATABASES = {'default': {'USER': 'app', 'PASSWORD': '"
            + new("django password", "correct horse " + _odd(6))
            + "'}}\nSTRIPE_KEY = '"
            + new("stripe", "sk" + "_live_" + _odd(24))
            + "'\nclient = Client(api_key=\""
            + new("keyword argument", _odd(32))
            + '")\nTOKEN = os.environ["TOKEN"]\n'
        ),
        "src/config.go": f'package main\n\nvar apiToken = "{new("go", _odd(30))}"\n',
        "src/config.php": (
            f"<?php\ndefine('DB_PASSWORD', '{new('php', _odd(16))}');\n"
            f"$config['secret'] = '{new('php array', _odd(16))}';\n"
        ),
        "config/database.yml": (
            f"production:\n  username: app\n  password: {new('rails', _odd(16))}\n"
        ),
        "config/app.rb": f'set :auth, {{ :password => "{new("ruby", _odd(16))}" }}\n',
        "src/main/resources/application.properties": (
            "spring.datasource.url=jdbc:postgresql://db/shop?user=app&password="
            + new("jdbc", _odd(14))
            + "\nspring.datasource.password="
            + new("spring", _odd(14))
            + "\n"
        ),
        "src/main/resources/logback.xml": (
            f"<appender><password>{new('xml', _odd(14))}</password></appender>\n"
        ),
        "appsettings.json": json.dumps(
            {
                "ConnectionStrings": {
                    "Shop": "Server=db;Database=shop;User Id=sa;Password="
                    + new("ado", _odd(14))
                    + ";Encrypt=true",
                    "Bus": "Endpoint=sb://x.example/;SharedAccessKeyName=k;SharedAccessKey="
                    + new("azure", _b64(_odd(32))),
                },
                "Jwt": {"SigningKey": new("json signing key", _odd(40))},
            },
            indent=1,
        ),
        "compose.yaml": (
            "services:\n  api:\n    build: .\n    environment:\n      DB_PASSWORD: "
            + new("compose map", _odd(14))
            + "\n      - REDIS_URL=redis://:"
            + new("redis url", _odd(14))
            + "@cache:6379/0\n  db:\n    image: postgres:16\n    environment:\n"
            "      - POSTGRES_PASSWORD=" + new("compose list", _odd(14)) + "\n"
        ),
        "Dockerfile": (
            "FROM python:3.12-slim\nENV DB_PASSWORD "
            + new("dockerfile env", _odd(14))
            + "\nENV API_TOKEN="
            + new("dockerfile env 2", _odd(24))
            + "\nARG NPM_TOKEN="
            + new("npm", "np" + "m_" + _odd(36))
            + "\nEXPOSE 8000\n"
        ),
        ".github/workflows/ci.yml": (
            "on: push\njobs:\n  build:\n    env:\n      AWS_ACCESS_KEY_ID: "
            + new("aws key", "AK" + "IA" + _odd(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
            + "\n      AWS_SECRET_ACCESS_KEY: "
            + new("aws secret", _odd(40))
            + "\n      GH_TOKEN: "
            + new("github", "gh" + "p_" + _odd(36))
            + "\n      HEROKU_API_KEY: "
            + new("heroku", "4f1c2d3e-9a8b-4c7d-8e6f-" + _odd(12, HEX))
            + "\n    steps:\n"
            "      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683\n"
            "      - run: docker login -u ci -p " + new("docker login", _odd(20)) + " ghcr.io\n"
        ),
        "k8s/secret.yaml": (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: shop}\ndata:\n  user: "
            + new("k8s data", _b64(_odd(18)))
            + "\n  cert: |\n    "
            + new("k8s block", _b64(_odd(30)))
            + "\nstringData:\n  greeting: "
            + new("k8s stringData", _odd(18))
            + "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n"
            "data:\n  MODE: production\n"
        ),
        "k8s/secret-flow.yaml": (
            "{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {any: "
            + new("k8s flow", _b64(_odd(18)))
            + "}}\n"
        ),
        "k8s/secret.json": json.dumps(
            {"kind": "Secret", "apiVersion": "v1", "data": {"x": new("k8s json", _b64(_odd(18)))}}
        ),
        "k8s/deploy.yaml": (
            "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n"
            "      - name: api\n"
            "        image: ghcr.io/acme/shop@sha256:" + HEX * 4 + "\n"
            "        env:\n        - name: DB_PASSWORD\n          value: "
            + new("k8s env", _odd(14))
            + "\n"
        ),
        "deploy/cluster.yaml": (
            "apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    token: "
            + new("kubeconfig token", _odd(40))
            + "\n    client-key-data: "
            + new("kubeconfig key", _b64(_odd(60)))
            + "\n    password: "
            + new("kubeconfig password", _odd(14))
            + "\n"
        ),
        "deploy/netrc.txt": (
            f"machine api.example login me password {new('netrc', _odd(14))}\n"
            f"machine b.example\n  login you\n  password {new('netrc lines', _odd(14))}\n"
        ),
        "deploy/npmrc.txt": (
            f"//npm.example/:_authToken={new('npmrc', _odd(36))}\n"
            f"_auth = {new('npmrc auth', _b64('me:' + _odd(12)))}\n"
        ),
        "deploy/docker.json": json.dumps(
            {"auths": {"r.example": {"auth": new("docker auth", _b64("me:" + _odd(12)))}}}, indent=1
        ),
        "deploy/state.json": json.dumps(
            {
                "version": 4,
                "terraform_version": "1.9.8",
                "resources": [
                    {
                        "type": "aws_db_instance",
                        "instances": [
                            {
                                "attributes": {
                                    "password": new("state password", _odd(16)),
                                    "master_password": new("state master", _odd(16)),
                                    "arn": "arn:aws:rds:eu-west-1:123456789012:db:shop",
                                }
                            }
                        ],
                    },
                    {
                        "type": "random_password",
                        "instances": [{"attributes": {"result": new("state result", _odd(20))}}],
                    },
                    {
                        "type": "tls_private_key",
                        "instances": [{"attributes": {"private_key_pem": google}}],
                    },
                ],
            },
            indent=1,
        ),
        "infra/main.tf": (
            'resource "x" "y" {\n  master_password = "'
            + new("terraform", _odd(14))
            + '"\n  user_data = "export TOKEN='
            + new("terraform user data", _odd(24))
            + '"\n}\n'
        ),
        "infra/prod.tfvars": f'db_password = "{new("tfvars", _odd(14))}"\n',
        "infra/values.yaml": (
            f"auth:\n  apiKey: {new('helm', _odd(20))}\n  adminPassword: "
            f'"{new("helm quoted", _odd(14))}"\n  existingSecret: shop-auth\n'
        ),
        "infra/gcp.json": json.dumps(
            {"type": "service_account", "private_key": google, "client_email": "a@b.example"}
        ),
        "infra/backup.txt": f"the old key\n{pem}\nand\n{openssh}\n",
        "infra/nginx.conf": (
            'proxy_set_header Authorization "Basic '
            + new("nginx basic", _b64("me:" + _odd(12)))
            + '";\n'
        ),
        "scripts/deploy.sh": (
            "curl -H 'Authorization: Bearer "
            + new("bearer", _odd(40))
            + "' https://x.example\ncurl -H 'X-Api-Key: "
            + new("x-api-key", _odd(32))
            + "' https://x.example\ncurl 'https://x.example/?access_token="
            + new("query token", _odd(32))
            + "&page=2'\nexport SLACK="
            + new("slack", "xo" + "xb-123456789012-" + _odd(24))
            + "\nTWILIO_AUTH_TOKEN="
            + new("twilio", _odd(32, HEX))
            + "\naz storage copy 'https://x.blob.example/c?sv=2024&sig="
            + new("sas", _odd(43))
            + "%3D'\n"
        ),
        "docs/notes.txt": (
            "The database password is "
            + new("prose", _odd(14))
            + " since May.\nOld token: "
            + new("prose token", _odd(28))
            + "\n"
        ),
        "requirements.txt": (
            "--index-url https://ci:"
            + new("index url", _odd(20))
            + "@pypi.example/simple\nfastapi==0.115\n"
        ),
    }
    named = {
        ".env": f"DB_PASSWORD={new('.env', _odd(14))}\n",
        "prod.env": f"X={new('prod.env', _odd(14))}\n",
        ".netrc": f"machine a login b password {new('.netrc', _odd(14))}\n",
        ".npmrc": f"//r/:_authToken={new('.npmrc', _odd(36))}\n",
        ".docker/config.json": json.dumps(
            {"auths": {"r": {"auth": new(".docker", _b64(_odd(12)))}}}
        ),
        "kubeconfig": f"users: [{{user: {{token: {new('kubeconfig file', _odd(30))}}}}}]\n",
        "terraform.tfstate": json.dumps({"x": new("tfstate", _odd(20))}),
        "certs/server.key": pem.replace(secrets["pem"], new("server.key", _odd(64))),
        "id_rsa": openssh.replace(secrets["openssh"], new("id_rsa", _odd(64))),
        ".aws/credentials": f"aws_secret_access_key = {new('aws credentials', _odd(40))}\n",
    }
    for path, text in {**open_files, **named}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return secrets, [*open_files, *named]
