"""JSON schemas for kubeconform: Kubernetes' own, and those of custom resources' manifests.

``scripts/install_tools.sh`` calls it with manifests of the upstream modules::

    python -m devops_exe.implement.proof.schemas --into FOLDER MANIFEST…

It writes ``kubernetes/vRELEASE/KIND-GROUP-VERSION.json`` (from the distribution
``kubernetes-validate``, which carries the API's published schemas) and
``crds/GROUP/KIND_VERSION.json``. Objects take no field that their schema does not name.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.validator import kubernetes_release

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEFINITIONS = "/api/_definitions.json"


def write_kubernetes(into: Path, release: str) -> int:
    """Writes the schemas of a release and says how many kinds there are; 0 where none is there."""
    found = find_spec("kubernetes_validate")
    if found is None or not found.submodule_search_locations:
        return 0
    source = Path(found.submodule_search_locations[0]) / "kubernetes-json-schema"
    source /= f"v{release}.0-local-strict"
    if not source.is_dir():
        return 0
    target = into / "kubernetes" / f"v{release}.0"
    parts = json.loads((source / "_definitions.json").read_text(encoding="utf-8"))["$defs"]
    parts = {name: bare(part) for name, part in parts.items()}
    count = 0
    for file in sorted(source.glob("*.json")):
        schema = json.loads(file.read_text(encoding="utf-8"))
        # only what is an object of its own is asked for by name
        if "x-kubernetes-group-version-kind" not in schema:
            continue
        whole = bare(schema)
        # an address of its own would make every reference one to the network
        whole.pop("$id", None)
        whole["$defs"] = {name: parts[name] for name in _reached(whole, parts)}
        _write(target / file.name, json.dumps(whole, sort_keys=True))
        count += 1
    return count


def bare(schema: Any) -> Any:
    """A schema without its prose, its references into itself: read thrice as fast.

    >>> bare({"description": "a pod", "$ref": "/api/_definitions.json#/$defs/Pod"})
    {'$ref': '#/$defs/Pod'}
    """
    if isinstance(schema, list):
        return [bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            made[key] = {name: bare(item) for name, item in value.items()}
        elif key == "$ref":
            made[key] = str(value).removeprefix(_DEFINITIONS)
        elif key != "description" and not key.startswith("x-kubernetes-"):
            made[key] = bare(value)
    return made


def _reached(schema: Any, parts: dict[str, Any]) -> list[str]:
    """Names of the parts that a schema refers to, directly or not."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            name = str(node.get("$ref", "")).removeprefix("#/$defs/")
            if name in parts and name not in found:
                found.add(name)
                waiting.append(parts[name])
    return sorted(found)


def write_custom(into: Path, manifests: Sequence[Path]) -> int:
    """Writes the schemas of the custom resources that manifests define; says how many."""
    count = 0
    for manifest in manifests:
        for definition in definitions(manifest.read_text(encoding="utf-8")):
            for name, schema in custom_schemas(definition):
                _write(into / "crds" / name, json.dumps(schema, sort_keys=True))
                count += 1
    return count


def definitions(text: str) -> Iterator[dict[str, Any]]:
    """The CustomResourceDefinitions of a manifest."""
    import yaml

    class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """A safe loader that takes a bare ``=`` for the text it is."""

    _Loader.add_constructor("tag:yaml.org,2002:value", lambda _, node: str(node.value))
    for node in yaml.load_all(text, Loader=_Loader):
        if isinstance(node, dict) and node.get("kind") == "CustomResourceDefinition":
            yield node


def custom_schemas(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(``GROUP/KIND_VERSION.json``, schema) of each version that a definition serves."""
    spec = definition["spec"]
    group, kind = str(spec["group"]), str(spec["names"]["kind"]).lower()
    for version in spec.get("versions", []):
        schema = version.get("schema", {}).get("openAPIV3Schema")
        if version.get("served", True) and isinstance(schema, dict):
            strict = closed(schema)
            properties = strict.setdefault("properties", {})
            for name, value in (
                ("apiVersion", "string"),
                ("kind", "string"),
                ("metadata", "object"),
            ):
                properties.setdefault(name, {"type": value})
            yield f"{group}/{kind}_{version['name']}.json", strict


def closed(schema: Any) -> Any:
    """A schema whose objects take no field that it does not name, as the API server prunes them.

    >>> closed({"properties": {"a": {"x-kubernetes-int-or-string": True}}})
    {'properties': {'a': {'type': ['integer', 'string']}}, 'additionalProperties': False}
    """
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key in {"properties", "patternProperties"} and isinstance(value, dict):
            made[key] = {name: closed(item) for name, item in value.items()}
        elif key in {"items", "additionalProperties", "not"}:
            made[key] = closed(value)
        elif key in {"allOf", "anyOf", "oneOf"}:
            # parts of a whole: an unknown field is the whole's affair
            made[key] = value
        elif not key.startswith("x-kubernetes-") and key not in {
            "description",
            "default",
            "example",
        }:
            made[key] = value
    if schema.get("x-kubernetes-int-or-string"):
        made.pop("anyOf", None)
        made.pop("format", None)
        made["type"] = ["integer", "string"]
    if schema.get("nullable") and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    keeps = schema.get("x-kubernetes-preserve-unknown-fields")
    if "properties" in made and "additionalProperties" not in made and not keeps:
        made["additionalProperties"] = False
    return made


def main(arguments: Sequence[str]) -> int:
    """Writes schemas into a folder; says in one line what came of it."""
    if len(arguments) < 2 or arguments[0] != "--into":
        sys.stderr.write("usage: --into FOLDER [MANIFEST…]\n")
        return 2
    into = Path(arguments[1])
    release = kubernetes_release()
    kinds = write_kubernetes(into, release)
    custom = write_custom(into, [Path(name) for name in arguments[2:]])
    known = f"Kubernetes {release} ({kinds} kinds)" if kinds else "none of Kubernetes"
    hint = "" if kinds else ": pip install 'devops-exe[proof]'"
    sys.stdout.write(f"schemas: {known}{hint}, {custom} of custom resources\n")
    return 0 if kinds else 1


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
