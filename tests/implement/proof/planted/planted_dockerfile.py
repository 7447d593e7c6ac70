# ruff: noqa: E501 - a planted error is one line
_D = "@sha256:" + "a1" * 32
KIND = "dockerfile"
PATH = "Dockerfile"
GOOD = f"""\
FROM python:3.12-slim{_D} AS build
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --prefix=/install -r requirements.txt

FROM python:3.12-slim{_D}
WORKDIR /app
COPY --from=build /install /usr/local
COPY . .
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=2s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz')"]
CMD ["python", "-m", "app"]
"""
ERRORS = {
    "an unknown instruction": ("WORKDIR /app\nCOPY req", "WORKDIRR /app\nCOPY req", "docker-instructions"),
    "a stage that is not there": ("--from=build", "--from=builder", "docker-stages"),
    "the last stage is root": ("USER 10001:10001", "USER root", "docker-stages"),
    "nobody said who": ("USER 10001:10001\n", "", "docker-stages"),
    "a shell between signal and process": ('CMD ["python", "-m", "app"]', "CMD python -m app", "docker-instructions"),
    "a port that is none": ("EXPOSE 8080", "EXPOSE 80800", "docker-instructions"),
    "nothing to begin with": (f"FROM python:3.12-slim{_D} AS build\n", "", "docker-instructions"),
    "a stage twice": (f"FROM python:3.12-slim{_D}\n", f"FROM python:3.12-slim{_D} AS build\n", "docker-stages"),
    "a shell that is broken": ("RUN pip install", "RUN if pip install", "hadolint"),
    "the image of the day": (f"python:3.12-slim{_D}\nWORKDIR", "python:latest\nWORKDIR", "hadolint"),
}  # fmt: skip
