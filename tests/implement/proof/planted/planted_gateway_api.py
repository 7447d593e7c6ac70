# ruff: noqa: E501 - a planted error is one line
KIND = "gateway-api"
PATH = "deploy/kubernetes/base/route.yaml"
GOOD = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: web
spec:
  parentRefs:
    - name: public
      namespace: gateways
  hostnames:
    - web.example.com
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: /
          headers:
            - name: x-variant
              value: b
      backendRefs:
        - name: web-b
          port: 80
    - backendRefs:
        - name: web
          port: 80
          weight: 90
        - name: web-b
          port: 80
          weight: 10
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
"""
BESIDE = {
    "deploy/kubernetes/base/services.yaml": (
        "kubernetes",
        _SERVICE.format("web") + "---\n" + _SERVICE.format("web-b"),
    )
}
ERRORS = {
    "weights of 80 together": ("weight: 90", "weight: 70", "route-weights"),
    "a weight of 1000": ("weight: 10\n", "weight: 1000\n", "route-weights"),
    "a Service that is not there": ("- name: web\n", "- name: wbe\n", "route-references"),
    "a port that the Service has not": ("port: 80\n          weight: 90", "port: 8080\n          weight: 90", "route-references"),
    "a path that is none": ("value: /\n", "value: shop\n", "route-references"),
    "a type of path that is none": ("PathPrefix", "Prefix", "route-references"),
    "no gateway": ("  parentRefs:\n    - name: public\n      namespace: gateways\n", "", "route-references"),
    "a header twice": ("              value: b\n", "              value: b\n            - name: X-Variant\n              value: c\n", "route-references"),
    "an unknown field": ("hostnames:", "hostname:", "kubeconform"),
    "a wrong type": ("port: 80\n          weight: 10", 'port: "http"\n          weight: 10', "kubeconform"),
}  # fmt: skip
