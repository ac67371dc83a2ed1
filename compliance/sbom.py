"""The list of what the portal is built from, as CycloneDX 1.5 (ASVS 15.1.2)."""

import re
from datetime import datetime
from importlib.metadata import Distribution, distributions
from uuid import UUID, uuid5

_NAMESPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 9562: names that are addresses


def bill_of_materials(*, now: datetime) -> dict:
    """Every installed distribution with version, licence and dependencies, as a CycloneDX document."""
    installed = {_normal(dist.metadata["Name"]): dist for dist in distributions() if dist.metadata["Name"]}
    components = [_component(name, dist) for name, dist in sorted(installed.items())]
    serial = uuid5(_NAMESPACE, " ".join(component["purl"] for component in components))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": now.isoformat(),
            "component": {"type": "application", "bom-ref": "portal", "name": "telehealth-portal"},
        },
        "components": components,
        "dependencies": [
            {"ref": _purl(name, dist), "dependsOn": _needs(dist, installed)} for name, dist in sorted(installed.items())
        ],
    }


def _normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _purl(name: str, dist: Distribution) -> str:
    return f"pkg:pypi/{name}@{dist.version}"


def _component(name: str, dist: Distribution) -> dict:
    purl = _purl(name, dist)
    component = {"type": "library", "bom-ref": purl, "name": name, "version": dist.version, "purl": purl}
    licence = dist.metadata.get("License-Expression") or dist.metadata.get("License") or ""
    if licence and "\n" not in licence and len(licence) < 80:
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def _needs(dist: Distribution, installed: dict[str, Distribution]) -> list[str]:
    named = (re.match(r"[A-Za-z0-9._-]+", line) for line in dist.requires or () if "extra ==" not in line)
    wanted = {_normal(match[0]) for match in named if match}
    return [_purl(name, installed[name]) for name in sorted(wanted & installed.keys())]
