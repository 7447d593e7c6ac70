"""The JSON Schema of ``assess DIR --json``, as other programs may rely on it.

Method: JSON Schema, draft 2020-12. Values that grow with the table of rules (fields, products)
are described, not listed, so that a new rule is no breaking change.
"""

from __future__ import annotations

from typing import Any, get_args

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PLACE = {
    "type": "string",
    "description": "path:line below the folder; a path alone for a file that is never opened",
}


def answer_schema() -> dict[str, Any]:
    """The schema; ``docs/schemas/assess.schema.json`` is written from it."""
    from devops_exe.assess.repository import SCHEMA

    return {
        "$schema": _DRAFT,
        "title": "devops-exe assess DIR --json",
        "description": "What the files of a repository say, each fact with its place.",
        **_object(
            {
                "schema": {"const": SCHEMA},
                "repository": _repository(),
                "facts": _array(_fact(), "what stands behind each entry, losers included"),
                "contradictions": _array(_contradiction(), "two places that differ"),
                "risks": _array(_risk(), "what endangers a release"),
                "questions": {
                    **_array({"type": "string"}, "what the files leave open"),
                    "maxItems": 5,
                },
                "dependencies": _dependencies(),
                "notes": _array({"type": "string"}, "passed over, or a bound that was reached"),
            },
            optional=("notes",),
        ),
    }


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _array(items: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": "array", "items": items, "description": description}


def _names(description: str) -> dict[str, Any]:
    return {**_array({"type": "string"}, description), "uniqueItems": True}


def _maybe(kind: str, description: str) -> dict[str, Any]:
    return {"type": [kind, "null"], "description": description}


def _flag(description: str) -> dict[str, Any]:
    return {"type": "boolean", "description": description}


def _repository() -> dict[str, Any]:
    service = _object(
        {
            "path": {"type": "string", "description": "its folder, . for the root"},
            "language": _maybe("string", "null for one without code of its own"),
            "port": {**_maybe("integer", "what it listens on"), "minimum": 1, "maximum": 65535},
            "datastores": _names("the sure stores that it uses"),
        }
    )
    return _object(
        {
            "languages": _names("of production code, most files first"),
            "primary_language": _maybe("string", "null where several services have no majority"),
            "framework": _names("identifiers, sorted"),
            "package_manager": _names("identifiers, sorted"),
            "services": {
                "type": "object",
                "additionalProperties": service,
                "description": "the deployable production services by name",
            },
            "datastores": _names("declared and driven"),
            "ci": _names("identifiers, sorted"),
            "dockerfile": _flag("a production Dockerfile"),
            "compose": _flag("a compose file"),
            "kubernetes": _flag("manifests, templates of a chart apart"),
            "helm": _flag("a chart"),
            "kustomize": _flag("a kustomization"),
            "terraform": _flag("Terraform files"),
            "skaffold": _flag("a Skaffold file"),
            "health_path": _maybe("string", "the path that a probe asks for"),
            "migrations": _maybe("string", "the command that changes the schema"),
        }
    )


def _fact() -> dict[str, Any]:
    from devops_exe.assess.profile import Origin, Role

    return _object(
        {
            "field": {
                "type": "string",
                "description": "an entry of repository, services.NAME.…",
            },
            "value": {
                "type": ["string", "number", "boolean", "array"],
                "description": "a list only where the field is one",
            },
            "from": {"enum": list(get_args(Origin))},
            "where": _PLACE,
            "role": {"enum": list(get_args(Role))},
        }
    )


def _contradiction() -> dict[str, Any]:
    said = _object({"value": {"type": ["string", "number", "boolean"]}, "where": _PLACE})
    return _object({"field": {"type": "string"}, "kept": said, "lost": said})


def _risk() -> dict[str, Any]:
    from devops_exe.assess.risk import SCALE, Grade

    def grade(name: str) -> dict[str, Any]:
        meaning = "; ".join(f"{key}: {text}" for key, text in SCALE[name].items())
        return {"enum": list(get_args(Grade)), "description": meaning}

    return _object(
        {
            "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
            "what": {"type": "string", "description": "one sentence, never a secret's content"},
            "where": _PLACE,
            "likelihood": grade("likelihood"),
            "impact": grade("impact"),
            "answer": {"type": "string", "description": "what to do about it"},
        }
    )


def _dependencies() -> dict[str, Any]:
    from devops_exe.assess.dependencies import By, NodeKind

    text = {"type": "string"}
    node = _object(
        {
            "name": text,
            "kind": {"enum": list(get_args(NodeKind))},
            "where": _PLACE,
            "product": {**text, "description": "identifier of a store's product"},
            "once": {**_PLACE, "description": "the place that shows that it runs once"},
            "why_once": text,
        },
        optional=("where", "product", "once", "why_once"),
    )
    edge = _object(
        {
            "source": text,
            "target": text,
            "by": {"enum": list(get_args(By)), "description": "what shows it"},
            "where": _PLACE,
            "waits": _flag("whether a request of the source waits for the target"),
        }
    )
    point = _object({"name": text, "where": _PLACE, "breaks": _names("what fails with it")})
    return _object(
        {
            "nodes": _array(node, "services, stores, queues and what lies outside"),
            "edges": _array(edge, "who uses whom"),
            "critical_path": _array(text, "the longest chain of waiting, first to last"),
            "single_points": _array(point, "what runs once and takes others with it"),
        }
    )
