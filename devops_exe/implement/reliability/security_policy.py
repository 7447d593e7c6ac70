"""The policy of the manifests in Rego, and its tests."""

from __future__ import annotations

POLICY = r"""# @MARK@
#
#   kubectl kustomize deploy/kubernetes/overlays/production | conftest test --policy policy -
package main

import rego.v1

templated := {"Deployment", "Rollout", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"}

# The pod's specification, wherever a kind keeps it.
pod := input.spec if input.kind == "Pod"

pod := input.spec.template.spec if input.kind in templated

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

containers contains container if some container in pod.containers

containers contains container if some container in pod.initContainers

where := sprintf("%s/%s", [input.kind, object.get(input.metadata, "name", "?")])

# -- images ------------------------------------------------------------------------------------

deny contains sprintf("%s: image %s has no tag and no digest", [where, container.image]) if {
	some container in containers
	not regex.match(`@sha256:[0-9a-f]{64}$|:[^:/@]+$`, container.image)
}

deny contains sprintf("%s: image %s moves with its tag", [where, container.image]) if {
	some container in containers
	regex.match(`:latest$`, container.image)
}

warn contains sprintf("%s: image %s is not pinned by digest", [where, container.image]) if {
	some container in containers
	not regex.match(`@sha256:[0-9a-f]{64}$`, container.image)
}

# -- rights ------------------------------------------------------------------------------------

non_root(container) if container.securityContext.runAsNonRoot == true

non_root(container) if {
	not container.securityContext.runAsNonRoot == false
	pod.securityContext.runAsNonRoot == true
}

deny contains sprintf("%s: container %s may run as root", [where, container.name]) if {
	some container in containers
	not non_root(container)
}

deny contains sprintf("%s: container %s may gain rights", [where, container.name]) if {
	some container in containers
	not container.securityContext.allowPrivilegeEscalation == false
}

deny contains sprintf("%s: container %s is privileged", [where, container.name]) if {
	some container in containers
	container.securityContext.privileged == true
}

deny contains sprintf("%s: shares %s with the node", [where, shared]) if {
	some shared in {"hostNetwork", "hostPID", "hostIPC"}
	pod[shared] == true
}

deny contains sprintf("%s: volume %s is a folder of the node", [where, volume.name]) if {
	some volume in pod.volumes
	volume.hostPath
}

# -- resources ---------------------------------------------------------------------------------

# No limit of CPU: it throttles long before the node is full.
wanted := {["requests", "cpu"], ["requests", "memory"], ["limits", "memory"]}

deny contains sprintf("%s: container %s has no %s", [where, container.name, concat(".", way)]) if {
	some container in containers
	some way in wanted
	not container.resources[way[0]][way[1]]
}

# -- secrets -----------------------------------------------------------------------------------

secret_name := `(?i)(passw|secret|token|api_?key|private_?key|credential)`

deny contains sprintf("%s: variable %s has its value in the manifest", [where, variable.name]) if {
	some container in containers
	some variable in container.env
	regex.match(secret_name, variable.name)
	variable.value
}

deny contains sprintf("%s: key %s belongs into a Secret", [where, key]) if {
	input.kind == "ConfigMap"
	some key, _ in input.data
	regex.match(secret_name, key)
}

deny contains sprintf("%s: a Secret with values in the repository", [where]) if {
	input.kind == "Secret"
	some field in {"data", "stringData"}
	count(object.get(input, field, {})) > 0
}
"""
"""Rules that :func:`deny` and warn; ``@MARK@`` is filled in."""

POLICY_TEST = r"""# @MARK@
#
#   opa test policy
package main_test

import data.main
import rego.v1

digest := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

container := {
	"name": "app",
	"image": concat("", ["registry.example/app@sha256:", digest]),
	"securityContext": {"allowPrivilegeEscalation": false},
	"resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
}

deployment(changes) := {
	"kind": "Deployment",
	"metadata": {"name": "app"},
	"spec": {"template": {"spec": {
		"securityContext": {"runAsNonRoot": true},
		"containers": [object.union(container, changes)],
	}}},
}

test_good_passes if count(main.deny) == 0 with input as deployment({})

test_untagged if count(main.deny) == 1 with input as deployment({"image": "app"})

test_port_is_no_tag if {
	count(main.deny) == 1 with input as deployment({"image": "registry.example:5000/app"})
}

test_latest if count(main.deny) == 1 with input as deployment({"image": "app:latest"})

test_tag_warns if {
	count(main.deny) == 0 with input as deployment({"image": "app:1.2.3"})
	count(main.warn) == 1 with input as deployment({"image": "app:1.2.3"})
}

test_root if count(main.deny) == 1 with input as deployment({"securityContext": {
	"allowPrivilegeEscalation": false,
	"runAsNonRoot": false,
}})

test_privileged if count(main.deny) == 1 with input as deployment({"securityContext": {
	"allowPrivilegeEscalation": false,
	"privileged": true,
}})

test_no_limits if count(main.deny) == 1 with input as deployment({"resources": {"limits": null}})

test_plain_secret if count(main.deny) == 1 with input as deployment({"env": [{
	"name": "DB_PASSWORD",
	"value": "hunter2",
}]})

test_secret_reference_passes if count(main.deny) == 0 with input as deployment({"env": [{
	"name": "DB_PASSWORD",
	"valueFrom": {"secretKeyRef": {"name": "app", "key": "DB_PASSWORD"}},
}]})

test_secret_object if count(main.deny) == 1 with input as {
	"kind": "Secret",
	"metadata": {"name": "app"},
	"stringData": {"a": "b"},
}
"""
"""Tests of the policy: one good manifest, and one wrong in one place for each rule."""
