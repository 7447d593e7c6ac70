# ruff: noqa: E501 - a planted error is one line
KIND = "argo-rollouts"
PATH = "deploy/kubernetes/base/rollout.yaml"
GOOD = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: web
spec:
  replicas: 4
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
          image: registry.example/web:1.0.0
          resources:
            requests:
              memory: 128Mi
            limits:
              memory: 256Mi
  strategy:
    canary:
      canaryService: web-canary
      stableService: web
      steps:
        - setWeight: 5
        - analysis:
            templates:
              - templateName: web-errors
            args:
              - name: hash
                valueFrom:
                  podTemplateHashValue: Latest
        - setWeight: 50
        - pause:
            duration: 10m
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata:
  name: web-errors
spec:
  args:
    - name: hash
  metrics:
    - name: errors
      interval: 1m
      count: 5
      failureLimit: 1
      successCondition: len(result) > 0 && result[0] < 0.02
      provider:
        prometheus:
          address: http://prometheus:9090
          query: |
            sum(rate(http_requests_total{code=~"5..",pod_template_hash="{{args.hash}}"}[5m]))
            / sum(rate(http_requests_total{pod_template_hash="{{args.hash}}"}[5m]))
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {}
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: 8080
"""
BESIDE = {
    "deploy/kubernetes/base/service.yaml": (
        "kubernetes",
        _SERVICE.format("web") + "---\n" + _SERVICE.format("web-canary"),
    )
}
ERRORS = {
    "a weight of 500": ("setWeight: 50", "setWeight: 500", "rollout-steps"),
    "a weight that falls": ("setWeight: 50", "setWeight: 2", "rollout-steps"),
    "a step that does two things": ("        - pause:", "        - setWeight: 60\n          pause:", "rollout-steps"),
    "no duration": ("duration: 10m", "duration: ten", "rollout-steps"),
    "a template that is not there": ("templateName: web-errors", "templateName: web-error", "rollout-references"),
    "a Service that is not there": ("canaryService: web-canary", "canaryService: web-canari", "rollout-references"),
    "both versions behind one Service": ("canaryService: web-canary", "canaryService: web", "rollout-references"),
    "a condition that cannot be read": ("result[0] < 0.02", "result[0] =< 0.02", "analysis-conditions"),
    "a bracket that never closes": ("len(result) > 0", "len(result > 0", "analysis-conditions"),
    "an analysis that cannot fail": ("failureLimit: 1", "failureLimit: 5", "analysis-conditions"),
    "an argument that nobody declared": ("  args:\n    - name: hash\n  metrics", "  args:\n    - name: hsh\n      value: x\n  metrics", "analysis-conditions"),
    "broken PromQL": ('[5m]))\n            /', '[5m])\n            /', "promql-parser"),
    "a selector that is not the pods'": ("matchLabels:\n      app: web", "matchLabels:\n      app: wob", "kubernetes-selectors"),
    "an unknown field": ("stableService: web", "stabelService: web", "kubeconform"),
    "a wrong type": ("replicas: 4", "replicas: four", "kubeconform"),
    "too short a name of weights": ("setWeight: 5\n", 'setWeight: "5"\n', "rollout-steps"),
}  # fmt: skip
