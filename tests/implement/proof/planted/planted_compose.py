# ruff: noqa: E501 - a planted error is one line
KIND = "compose"
PATH = "compose.yaml"
GOOD = """\
services:
  web:
    build: .
    ports:
      - "127.0.0.1:8080:8080"
    depends_on:
      db:
        condition: service_healthy
    environment:
      DATABASE_HOST: db
  db:
    image: postgres:16@sha256:b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1
    healthcheck:
      test: ["CMD", "pg_isready"]
      interval: 5s
    volumes:
      - data:/var/lib/postgresql/data
volumes:
  data: {}
"""
BESIDE = {"Dockerfile": ("text", "FROM scratch\n")}
ERRORS = {
    "a service that is not there": ("      db:\n        condition", "      base:\n        condition", "compose-references"),
    "a volume that nobody declared": ("volumes:\n  data: {}\n", "", "compose-references"),
    "healthy without a check": ('    healthcheck:\n      test: ["CMD", "pg_isready"]\n      interval: 5s\n', "", "compose-references"),
    "a port that is none": ("8080:8080", "8080:80800", "compose-ports"),
    "a port of the host twice": ("    healthcheck:", '    ports:\n      - "127.0.0.1:8080:5432"\n    healthcheck:', "compose-ports"),
    "neither image nor build": ("    build: .\n", "", "compose-references"),
    "an unknown key": ("    build: .\n", "    build: .\n    restrt: always\n", "compose loader"),
    "a word that condition does not take": ("service_healthy", "service_health", "compose loader"),
    "a wrong type": ("    build: .\n", "    build: .\n    cpus: many\n", "compose loader"),
    "no YAML": ("ports:\n", "ports: {\n", "readable"),
}  # fmt: skip
