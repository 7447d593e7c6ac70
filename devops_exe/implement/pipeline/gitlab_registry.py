"""How a job of GitLab CI gets into the registry: by OIDC, or with the job's own token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.emit import Block
from devops_exe.implement.pipeline.names import cloud

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

_CONFIG = """
mkdir -p "${HOME}/.docker"
printf '{"auths":{"%s":{"auth":"%s"}}}' "${NAME%%/*}" \\
  "$(printf '%s:%s' "${user}" "${password}" | base64 | tr -d '\\n')" >"${HOME}/.docker/config.json"
"""
"""docker, trivy, cosign and crane all read this file; only one of them could write it."""

_AWS = """
apk add --no-cache aws-cli
export AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/identity AWS_ROLE_SESSION_NAME="gitlab-${CI_JOB_ID}"
printf '%s' "${CLOUD_ID_TOKEN}" >"${AWS_WEB_IDENTITY_TOKEN_FILE}"
user=AWS password="$(aws ecr get-login-password)"
"""

_GCP = """
apk add --no-cache curl jq
scope=https://www.googleapis.com/auth/cloud-platform
account="projects/-/serviceAccounts/${GCP_SERVICE_ACCOUNT}"
federated="$(curl --fail --silent --show-error https://sts.googleapis.com/v1/token \\
  --data-urlencode audience="//iam.googleapis.com/${GCP_WORKLOAD_IDENTITY_PROVIDER}" \\
  --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:token-exchange \\
  --data-urlencode requested_token_type=urn:ietf:params:oauth:token-type:access_token \\
  --data-urlencode scope="${scope}" \\
  --data-urlencode subject_token_type=urn:ietf:params:oauth:token-type:jwt \\
  --data-urlencode subject_token="${CLOUD_ID_TOKEN}" | jq -r .access_token)"
user=oauth2accesstoken
password="$(curl --fail --silent --show-error --request POST \\
  --header "Authorization: Bearer ${federated}" --json "{\\"scope\\":[\\"${scope}\\"]}" \\
  "https://iamcredentials.googleapis.com/v1/${account}:generateAccessToken" | jq -r .accessToken)"
"""

_AZURE = """
apk add --no-cache curl jq
entra="$(curl --fail --silent --show-error \\
  "https://login.microsoftonline.com/${AZURE_TENANT_ID}/oauth2/v2.0/token" \\
  --data-urlencode grant_type=client_credentials \\
  --data-urlencode client_id="${AZURE_CLIENT_ID}" \\
  --data-urlencode scope=https://management.azure.com/.default \\
  --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\
  --data-urlencode client_assertion="${CLOUD_ID_TOKEN}" | jq -r .access_token)"
user=00000000-0000-0000-0000-000000000000
password="$(curl --fail --silent --show-error "https://${NAME%%/*}/oauth2/exchange" \\
  --data-urlencode grant_type=access_token \\
  --data-urlencode service="${NAME%%/*}" \\
  --data-urlencode tenant="${AZURE_TENANT_ID}" \\
  --data-urlencode access_token="${entra}" | jq -r .refresh_token)"
"""

_OWN = """
user="${CI_REGISTRY_USER}" password="${CI_REGISTRY_PASSWORD}"
"""

_LOGINS = {"aws": _AWS, "gcp": _GCP, "azure": _AZURE, "other": _OWN}

_AUDIENCES = {
    "aws": "sts.amazonaws.com",
    "gcp": "https://iam.googleapis.com/${GCP_WORKLOAD_IDENTITY_PROVIDER}",
    "azure": "api://AzureADTokenExchange",
}
"""What the clouds expect as the audience of a token that is not their own."""

VARIABLES = {
    "aws": "REGISTRY, AWS_REGION and AWS_ROLE_ARN",
    "gcp": "REGISTRY, GCP_WORKLOAD_IDENTITY_PROVIDER (projects/NUMBER/locations/global/…) and "
    "GCP_SERVICE_ACCOUNT",
    "azure": "REGISTRY, AZURE_CLIENT_ID and AZURE_TENANT_ID",
}


def image_variable(subject: Subject) -> str:
    """The image's name, without tag and digest, as a variable of the pipeline."""
    lead = "$CI_REGISTRY_IMAGE" if cloud(subject) == "other" else "$REGISTRY"
    return f"{lead}/{subject.name}"


def registry_job(subject: Subject) -> dict[str, Node]:
    """The hidden job that others extend to reach the registry."""
    where = cloud(subject)
    job: dict[str, Node] = {}
    if where in _AUDIENCES:
        job["id_tokens"] = {"CLOUD_ID_TOKEN": {"aud": _AUDIENCES[where]}}
    job["before_script"] = [Block(f"{(_LOGINS[where].strip() + _CONFIG).strip()}\n")]
    return job
