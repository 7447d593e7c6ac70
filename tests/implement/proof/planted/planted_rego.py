# ruff: noqa: E501 - a planted error is one line
KIND = "rego"
PATH = "policy/pods.rego"
GOOD = """\
package main

import rego.v1

deny contains message if {
	some container in input.spec.template.spec.containers
	not container.resources.limits.memory
	message := sprintf("%s has no limit of memory", [container.name])
}
"""
_TEST = """\
package main_test

import rego.v1

import data.main

test_no_limit if {
	pod := {"spec": {"template": {"spec": {"containers": [{"name": "web"}]}}}}
	count(main.deny) == 1 with input as pod
}

test_limit if {
	limits := {"memory": "1Gi"}
	pod := {"spec": {"template": {"spec": {"containers": [{"name": "w", "resources": {"limits": limits}}]}}}}
	count(main.deny) == 0 with input as pod
}
"""
BESIDE = {"policy/pods_test.rego": ("rego", _TEST)}
ERRORS = {
    "no package": ("package main\n", "", "policy-shape"),
    "no rule": ("deny contains message if {", "found contains message if {", "policy-shape"),
    "a bracket that never closes": ("[container.name])\n}", "[container.name])", "policy-shape"),
    "a rule of the old language": ("deny contains message if {", "deny[message] {", "policy-shape"),
    "a function that is none": ("sprintf(", "printf(", "opa check"),
    "a variable that nobody set": ("[container.name]", "[containr.name]", "opa check"),
    "it decides the other way round": ("\tnot container", "\tcontainer", "opa test"),
}
