# ruff: noqa: E501 - a planted error is one line
KIND = "istio"
PATH = "deploy/kubernetes/base/mesh.yaml"
GOOD = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: web
spec:
  hosts: [web]
  http:
    - match:
        - headers:
            x-variant:
              exact: b
      route:
        - destination:
            host: web
            subset: b
    - route:
        - destination:
            host: web
            subset: a
          weight: 90
        - destination:
            host: web
            subset: b
          weight: 10
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: web
spec:
  host: web
  subsets:
    - name: a
      labels:
        variant: a
    - name: b
      labels:
        variant: b
"""
BESIDE = {
    "deploy/kubernetes/base/service.yaml": (
        "kubernetes",
        (
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n"
            "  ports:\n    - port: 80\n"
        ),
    )
}
ERRORS = {
    "weights of 80 together": ("weight: 90", "weight: 70", "istio-weights"),
    "a subset that nobody declared": ("    - name: b\n      labels", "    - name: c\n      labels", "istio-references"),
    "a host that is not there": ("host: web\n            subset: a", "host: wbe\n            subset: a", "istio-references"),
    "a subset that chooses nothing": ("    - name: b\n      labels:\n        variant: b\n", "    - name: b\n", "istio-references"),
    "a subset twice": ("    - name: b\n      labels", "    - name: a\n      labels", "istio-references"),
    "no host": ("  hosts: [web]\n", "  hosts: []\n", "istio-references"),
    "a match that is none": ("              exact: b", "              equals: b", "istio-references"),
    "an unknown field": ("  hosts: [web]", "  host: [web]", "istio-references"),
    "a field that the schema has not": ("          weight: 90", "          wait: 90", "kubeconform"),
    "a wrong type": ("  host: web\n  subsets", "  host: [web]\n  subsets", "kubeconform"),
}  # fmt: skip
