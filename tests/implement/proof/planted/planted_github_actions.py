# ruff: noqa: E501 - a planted error is one line
KIND = "github-actions"
PATH = ".github/workflows/deploy.yml"
GOOD = """\
name: deploy
on:
  push:
    branches: [main]
permissions: {}
concurrency:
  group: deploy-${{ github.ref }}
  cancel-in-progress: false
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    permissions:
      contents: read
    outputs:
      digest: ${{ steps.push.outputs.digest }}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - id: push
        uses: docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a # v7.3.0
        with:
          push: true
  deploy:
    needs: [build]
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    environment: production
    permissions:
      contents: read
      id-token: write
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - env:
          DIGEST: ${{ needs.build.outputs.digest }}
        run: deploy/scripts/deploy.sh production "app@${DIGEST}"
"""
ERRORS = {
    "an unknown job is needed": ("needs: [build]", "needs: [bild]", "job-order"),
    "a job waits for itself": ("  build:\n", "  build:\n    needs: [deploy]\n", "job-order"),
    "an input that the action has not": ("push: true", "pusch: true", "action-inputs"),
    "an output that the action has not": ("outputs.digest }}\n    steps", "outputs.digst }}\n    steps", "action-inputs"),
    "an output that no job has": ("build.outputs.digest", "build.outputs.sha", "job-outputs"),
    "all permissions": ("    permissions:\n      contents: read\n      id-token: write\n", "    permissions: write-all\n", "zizmor"),
    "credentials stay on the disk": ("        with:\n          persist-credentials: false\n      - id", "      - id", "zizmor"),
    "an action by its tag": ("@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a # v7.3.0", "@v7", "zizmor"),
    "text of strangers in a script": ("run: deploy/scripts/deploy.sh production", "run: echo ${{ github.event.head_commit.message }}", "zizmor"),
    "an unknown context": ("${{ github.ref }}", "${{ github.reff }}", "actionlint"),
    "an unknown key": ("timeout-minutes: 20", "timeout-minuts: 20", "actionlint"),
    "an event that gives strangers secrets": ("  push:\n    branches: [main]", "  pull_request_target:", "job-limits"),
    "no limit of time": ("    timeout-minutes: 30\n", "", "job-limits"),
    "no YAML": ("jobs:\n", "jobs: [\n", "readable"),
    "a key twice": ("name: deploy\n", "name: deploy\nname: release\n", "readable"),
    "a secret in the file": ("DIGEST: ${{", "AWS_SECRET_ACCESS_KEY: wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzQxEk1Q2z\n          DIGEST: ${{", "no-secret"),
}  # fmt: skip
