# ruff: noqa: E501 - a planted error is one line
KIND = "kustomization"
PATH = "deploy/overlays/production/kustomization.yaml"
GOOD = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: web-production
resources:
  - ../../base
patches:
  - path: replicas.yaml
images:
  - name: web
    newName: registry.example/web
    digest: sha256:c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1
"""
_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: web
          resources:
            limits:
              memory: 256Mi
"""
_PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 6
"""
BESIDE = {
    "deploy/base/kustomization.yaml": (
        "kustomization",
        (
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
            "resources:\n  - deployment.yaml\n"
        ),
    ),
    "deploy/base/deployment.yaml": ("kubernetes", _DEPLOYMENT),
    "deploy/overlays/production/replicas.yaml": ("kubernetes", _PATCH),
}
_INLINE = """\
  - target: {kind: Deployment}
    patch: |-
      - {op: add, path: /spec/template/spec/containers/0/resources/requests, value: {memory: 1Gi}}
"""
ERRORS = {
    "a resource that is not there": ("../../base", "../../basis", "kustomization-files"),
    "a patch that is not there": ("replicas.yaml", "replica.yaml", "kustomization-files"),
    "an unknown key": ("namespace: web", "namespase: web", "kustomize build"),
    "a field that is gone": ("resources:", "bases:", "kustomization-files"),
    "no digest": ("sha256:c1c1", "c1c1", "kustomization-files"),
    "resources from outside": ("  - ../../base\n", "  - ../../base\n  - https://example.com/base\n", "kustomization-files"),
    "a patch of a wrong path": ("  - path: replicas.yaml\n", "  - path: replicas.yaml\n" + _INLINE.replace("containers/0/resources/requests", "containerz"), "kustomize build"),
    "what it builds requests more than it may": ("  - path: replicas.yaml\n", "  - path: replicas.yaml\n" + _INLINE, "kubernetes-quantities (built)"),
    "no YAML": ("images:\n", "images: ]\n", "readable"),
}  # fmt: skip
