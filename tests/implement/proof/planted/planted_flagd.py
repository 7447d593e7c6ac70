# ruff: noqa: E501 - a planted error is one line
KIND = "flagd"
PATH = "deploy/flags/flags.json"
GOOD = """\
{
  "$schema": "https://flagd.dev/schema/v0/flags.json",
  "flags": {
    "checkout-variant": {
      "state": "ENABLED",
      "variants": {"a": "a", "b": "b"},
      "defaultVariant": "a",
      "targeting": {
        "if": [
          {"==": [{"var": "beta"}, true]},
          "b",
          {"fractional": [["a", 90], ["b", 10]]}
        ]
      }
    },
    "new-checkout": {
      "state": "ENABLED",
      "variants": {"on": true, "off": false},
      "defaultVariant": "off"
    }
  }
}
"""
ERRORS = {
    "a default that is no variant": ('"defaultVariant": "a"', '"defaultVariant": "c"', "flagd-flags"),
    "a state that is none": ('"state": "ENABLED",\n      "variants": {"a"', '"state": "ON",\n      "variants": {"a"', "flagd-flags"),
    "variants of several types": ('"off": false', '"off": "false"', "flagd-flags"),
    "an unknown key": ('"defaultVariant": "off"', '"defaultVariant": "off",\n      "owner": "me"', "flagd-flags"),
    "an unknown operator": ('{"==": [', '{"=~": [', "flagd-targeting"),
    "shares of 80 together": ('["a", 90]', '["a", 70]', "flagd-targeting"),
    "a share for no variant": ('["b", 10]', '["c", 10]', "flagd-targeting"),
    "a rule that chooses no variant": ('          "b",\n', '          "c",\n', "flagd-targeting"),
    "no JSON": ('"off": false', '"off": false,', "readable"),
    "a flag twice": ('"new-checkout"', '"checkout-variant"', "readable"),
}  # fmt: skip
