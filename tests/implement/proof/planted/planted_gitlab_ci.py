# ruff: noqa: E501 - a planted error is one line
KIND = "gitlab-ci"
PATH = ".gitlab-ci.yml"
GOOD = """\
stages: [build, test, deploy]
default:
  interruptible: true
.kubectl:
  variables:
    KUBECONFIG: /tmp/kubeconfig
build:
  stage: build
  script:
    - make image
  artifacts:
    paths: [dist/]
unit:
  stage: test
  needs: [build]
  script:
    - make test
production:
  extends: .kubectl
  stage: deploy
  needs:
    - job: unit
  environment:
    name: production
    on_stop: stop production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: manual
  script:
    - deploy/scripts/deploy.sh production "$IMAGE"
stop production:
  extends: .kubectl
  stage: deploy
  environment:
    name: production
    action: stop
  rules:
    - when: manual
  script:
    - deploy/scripts/stop.sh production
"""
ERRORS = {
    "an unknown job is needed": ("needs: [build]", "needs: [bild]", "gitlab-needs"),
    "a job of a later stage is needed": ("  stage: build\n", "  stage: build\n  needs: [unit]\n", "gitlab-needs"),
    "a stage that is not there": ("  stage: test\n", "  stage: tests\n", "gitlab-stages"),
    "an unknown job is extended": ("extends: .kubectl\n  stage: deploy\n  needs", "extends: .kubctl\n  stage: deploy\n  needs", "gitlab-needs"),
    "a job without a script": ("  script:\n    - make test\n", "", "gitlab-work"),
    "stopped by a job that is not there": ("on_stop: stop production", "on_stop: stop", "gitlab-work"),
    "a word that when does not take": ("when: manual\n  script:\n    - deploy/scripts/deploy", "when: manually\n  script:\n    - deploy/scripts/deploy", "GitLab schema"),
    "an unknown key": ("interruptible: true", "interuptible: true", "GitLab schema"),
    "no YAML": ("script:\n    - make image", "script:\n    - make: [image", "readable"),
}  # fmt: skip
