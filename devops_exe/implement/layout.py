"""Where generated files lie, and what their objects are called: one place for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

GITHUB_WORKFLOW = ".github/workflows/deploy.yml"
GITLAB_PIPELINE = ".gitlab-ci.yml"
DOCKERFILE = "Dockerfile"
DOCKERIGNORE = ".dockerignore"
COMPOSE = "compose.yaml"
BASE = "deploy/kubernetes/base"
OVERLAYS = "deploy/kubernetes/overlays"
ADAPTER = "deploy/kubernetes/prometheus-adapter-values.yaml"
"""Rule of prometheus-adapter by which the autoscaler reads requests per second of a pod."""
COMPONENT = "app.kubernetes.io/component"
"""Label of what is no part of the running service: ``setup``, ``migration``, ``flags``."""
SETUP_SELECTOR = f"{COMPONENT}=setup"
"""What a migration needs: namespace, account, policies, settings. ``deploy.sh`` applies the
overlay with ``-l`` this first, then the Job (``MIGRATION_SELECTOR``), waits for it, then applies
the whole overlay; where the repository has no migrations, the whole overlay at once."""
MIGRATION_SELECTOR = f"{COMPONENT}=migration"
"""The Job: immutable, so it is deleted (``--ignore-not-found``) before it is applied again."""
SCRIPTS = "deploy/scripts"
DEPLOY_SCRIPT = f"{SCRIPTS}/deploy.sh"
"""``deploy.sh ENVIRONMENT IMAGE@DIGEST``: applies the overlay, waits, verifies, rolls back when
a step fails."""
ROLLBACK_SCRIPT = f"{SCRIPTS}/rollback.sh"
"""``rollback.sh ENVIRONMENT [REVISION]``."""
VERIFY_SCRIPT = f"{SCRIPTS}/verify.sh"
"""``verify.sh ENVIRONMENT``: asks ``$PROMETHEUS_URL`` for the error ratio; 0 below threshold."""
GATE_SCRIPT = f"{SCRIPTS}/budget_gate.sh"
"""``budget_gate.sh``: 0 with error budget left, 1 spent, 2 not known (asks ``$PROMETHEUS_URL``)."""
PROMETHEUS = "observability/prometheus"
ALERTMANAGER = "observability/alertmanager/alertmanager.yml"
GRAFANA = "observability/grafana"
OPENSLO = "observability/openslo"
RUNBOOKS = "docs/runbooks"
POLICY = "policy"


def overlay(environment: str) -> str:
    """Folder of an environment's overlay."""
    return f"{OVERLAYS}/{environment}"


def rules_file(subject: Subject) -> str:
    """Recording rules and alerts, as Prometheus reads them."""
    return f"{PROMETHEUS}/{subject.name}.rules.yml"


def rule_tests_file(subject: Subject) -> str:
    """Their tests for promtool; beside the rules, which they name without a folder."""
    return f"{PROMETHEUS}/{subject.name}.rules.test.yml"


def runbook(name: str) -> str:
    """A runbook: incident, rollback, disaster-recovery."""
    return f"{RUNBOOKS}/{name}.md"


def config_map(subject: Subject) -> str:
    """ConfigMap of the variables that are no secret."""
    return f"{subject.name}-config"


def secret(subject: Subject) -> str:
    """Secret of the variables that are; created by the operator, never generated with values."""
    return f"{subject.name}-secrets"


def migration_job(subject: Subject) -> str:
    """Job that brings the schema up to date; there where ``subject.migrations`` is."""
    return f"{subject.name}-migrate"


def canary_service(subject: Subject) -> str:
    """Service of the canary's pods (Canary) and of the preview (Blue-Green)."""
    suffix = "preview" if subject.strategy == "Blue-Green" else "canary"
    return f"{subject.name}-{suffix}"
