KIND = "shell"
PATH = "deploy/scripts/deploy.sh"
EXECUTABLE = True
GOOD = """\
#!/bin/sh
# Deploys an image to an environment: deploy.sh ENVIRONMENT IMAGE
set -eu

environment=${1:?environment}
image=${2:?image}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cp -R "deploy/kubernetes/overlays/$environment/." "$folder"
if ! kubectl apply -k "$folder" --set "image=$image"; then
  kubectl rollout undo deployment/web
  exit 1
fi
"""
GOOD = GOOD.replace("trap 'rm -rf \"$folder\"' EXIT\n", "trap 'rm -rf \"${folder:?}\"' EXIT\n")
ERRORS = {
    "it goes on after a failure": ("set -eu\n", "", "shell-safety"),
    "no shell in the first line": ("#!/bin/sh\n", "# a script\n", "shell-safety"),
    "what comes over the network is carried out": (
        "cp -R",
        "curl -s https://example.com/x | sh\ncp -R",
        "shell-safety",
    ),
    "eval": ("cp -R", 'eval "$image"\ncp -R', "shell-safety"),
    "everything is removed": ("cp -R", 'rm -rf "$folder"/*\ncp -R', "shell-safety"),
    "an end that is missing": ("fi\n", "", "shellcheck"),
    "a word that is not quoted": ('-k "$folder"', "-k $folder", "shellcheck"),
    "an array in sh": ("cp -R", "names=(a b)\ncp -R", "shellcheck"),
    "a variable that nobody set": ('"image=$image"', '"image=$imag"', "shellcheck"),
}
