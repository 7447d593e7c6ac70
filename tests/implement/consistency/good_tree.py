"""A small tree in which everything agrees; tests break one thing at a time."""

from __future__ import annotations

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  selector:
    matchLabels: {app.kubernetes.io/name: shop}
  template:
    metadata:
      labels: {app.kubernetes.io/name: shop}
    spec:
      serviceAccountName: shop
      terminationGracePeriodSeconds: 40
      containers:
        - name: shop
          image: shop
          ports:
            - name: http
              containerPort: 8000
          env:
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef: {name: shop-secrets, key: DATABASE_URL}
            - name: LEVEL
              valueFrom:
                configMapKeyRef: {name: shop-config, key: LEVEL}
          readinessProbe:
            httpGet: {path: /healthz, port: http}
          livenessProbe:
            httpGet: {path: /healthz, port: http}
            periodSeconds: 10
            failureThreshold: 6
          lifecycle:
            preStop:
              exec: {command: [sleep, "10"]}
          resources:
            requests: {cpu: 500m, memory: 256Mi}
            limits: {memory: 256Mi}
"""

OTHERS = """\
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  selector: {app.kubernetes.io/name: shop}
  ports:
    - {name: http, port: 80, targetPort: http}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: shop
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
  minReplicas: 3
  maxReplicas: 9  # L8.total_replicas
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: shop
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app.kubernetes.io/name: shop}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: shop
spec:
  podSelector:
    matchLabels: {app.kubernetes.io/name: shop}
  ingress:
    - ports: [{port: http}]
"""

GOOD: dict[str, str] = {
    "compose.yaml": (
        "services:\n  shop:\n    build: .\n    ports:\n      - 9000:8000\n"
        "    environment:\n      DB_PASSWORD: ${DB_PASSWORD:?}\n"
    ),
    "Dockerfile": (
        "FROM python:3.12-slim\nEXPOSE 8000\n"
        'HEALTHCHECK CMD ["curl", "http://127.0.0.1:8000/healthz"]\nCMD ["run"]\n'
    ),
    "deploy/base/kustomization.yaml": (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        "resources: [deployment.yaml, others.yaml]\n"
        "configMapGenerator:\n  - name: shop-config\n    literals: [LEVEL=info]\n"
        "images:\n  - {name: shop, newName: registry/shop, newTag: 1.2.3}\n"
    ),
    "deploy/base/deployment.yaml": DEPLOYMENT,
    "deploy/base/others.yaml": OTHERS,
    "deploy/overlays/production/kustomization.yaml": (
        "resources: [../../base]\n"
        "patches:\n  - path: more.yaml\n    target: {kind: HorizontalPodAutoscaler}\n"
    ),
    "deploy/overlays/production/more.yaml": (
        "- {op: replace, path: /spec/minReplicas, value: 4}\n"
    ),
    ".github/workflows/deploy.yml": (
        "on: push\njobs:\n  build:\n    runs-on: x\n    steps:\n"
        "      - run: ./deploy/deploy.sh production\n"
        "  ship:\n    needs: build\n    environment: production\n    runs-on: x\n    steps: []\n"
    ),
    "deploy/deploy.sh": "#!/bin/sh\n",
    "rules/shop.rules.yml": (
        "groups:\n  - name: shop\n    rules:\n"
        "      - record: job:errors:ratio_rate5m\n"
        '        expr: sum by (job) (rate(http_requests_total{code=~"5.."}[5m]))\n'
        "      - alert: Burning\n        expr: job:errors:ratio_rate5m > 0.0072\n"
    ),
    "rules/shop.rules.test.yml": (
        "rule_files: [shop.rules.yml]\ntests:\n  - alert_rule_test:\n"
        "      - {alertname: Burning, exp_alerts: [{exp_labels: {}}]}\n"
    ),
}
