# ruff: noqa: E501 - a planted error is one line
KIND = "kubernetes"
PATH = "deploy/kubernetes/base/app.yaml"
GOOD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: web
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web
    spec:
      serviceAccountName: web
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              app.kubernetes.io/name: web
      containers:
        - name: web
          image: registry.example/web:1.0.0
          imagePullPolicy: IfNotPresent
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 5
          resources:
            requests:
              cpu: 250m
              memory: 256Mi
            limits:
              memory: 512Mi
          volumeMounts:
            - name: cache
              mountPath: /tmp
      volumes:
        - name: cache
          emptyDir: {}
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app.kubernetes.io/name: web
  ports:
    - name: http
      port: 80
      targetPort: http
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: web
  minReplicas: 3
  maxReplicas: 12
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 70
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: web
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: web
  policyTypes: [Ingress]
  ingress:
    - ports:
        - port: 8080
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
automountServiceAccountToken: false
"""
ERRORS = {
    "a version that is no longer served": ("autoscaling/v2\n", "autoscaling/v2beta2\n", "kubernetes-api-versions"),
    "no quantity": ("256Mi", "256Mib", "kubernetes-quantities"),
    "more requested than allowed": ("memory: 256Mi", "memory: 1Gi", "kubernetes-quantities"),
    "a selector that is not the pods'": ("    matchLabels:\n      app.kubernetes.io/name: web\n  strategy", "    matchLabels:\n      app.kubernetes.io/name: wob\n  strategy", "kubernetes-selectors"),
    "a Service that finds nobody": ("  selector:\n    app.kubernetes.io/name: web\n  ports", "  selector:\n    app: web\n  ports", "kubernetes-selectors"),
    "no room to scale": ("maxReplicas: 12", "maxReplicas: 2", "kubernetes-scaling"),
    "nothing to scale": ("    kind: Deployment\n    name: web\n  minReplicas", "    kind: Deployment\n    name: wbe\n  minReplicas", "kubernetes-scaling"),
    "nodes that cannot be drained": ("  maxUnavailable: 1\n", "  minAvailable: 3\n", "kubernetes-scaling"),
    "a name that is none": ("metadata:\n  name: web\nspec:\n  selector:", "metadata:\n  name: Web_1\nspec:\n  selector:", "kubernetes-names"),
    "a label of 64 characters": ("  labels:\n    app.kubernetes.io/name: web\nspec", "  labels:\n    app.kubernetes.io/name: " + "w" * 64 + "\nspec", "kubernetes-names"),
    "a probe of a port that nobody has": ("port: http\n            period", "port: web\n            period", "kubernetes-ports"),
    "a target that no container has": ("targetPort: http", "targetPort: web", "kubernetes-ports"),
    "a volume that is not there": ("        - name: cache\n          emptyDir", "        - name: cash\n          emptyDir", "kubernetes-pods"),
    "a variable twice": ("          readinessProbe:", "            - name: LOG_LEVEL\n              value: debug\n          readinessProbe:", "kubernetes-pods"),
    "an update that cannot move": ("maxSurge: 1", "maxSurge: 0", "kubernetes-updates"),
    "a word that the API knows not": ("IfNotPresent", "IfAbsent", "kubernetes-choices"),
    "an unknown field": ("serviceAccountName: web", "serviceAcountName: web", "kubeconform"),
    "a wrong type": ("replicas: 3", 'replicas: "three"', "kubeconform"),
    "a kind that nobody serves": ("kind: ServiceAccount", "kind: ServiceAcount", "kubeconform"),
}  # fmt: skip
