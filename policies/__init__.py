"""The policy files (政策参数文件) and how to read them; the rules they must keep are in ``models.policy``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from models.deliveries import DeliveryRules
from models.errors import PolicyError
from models.policy import Policy, build_policy, parse_policy


def default_policy_path() -> Traversable:
    """Where the packaged default policy lies."""
    return files(__name__).joinpath("default.toml")


@cache
def load_default() -> Policy:
    """The packaged default policy, read once."""
    return parse_policy(default_policy_path().read_text(encoding="utf-8"))


class Format(StrEnum):
    """How a policy document is written."""

    TOML = "toml"
    YAML = "yaml"
    JSON = "json"


class _PlainYaml(yaml.SafeLoader):
    """YAML whose words stay words: whole numbers, true and false and nothing are read, no dates and no 17:30; and nothing
    is written once and meant many times."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not taken")
        return super().compose_node(parent, index)


_PlainYaml.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if not pair[0].endswith((":timestamp", ":int", ":bool", ":float"))]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainYaml.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9][0-9]*)$"), [*"-0123456789"])
_PlainYaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), [*"tf"])

_READERS: Mapping[Format, Callable[[str], Any]] = {
    Format.TOML: tomllib.loads,
    Format.YAML: lambda text: yaml.load(text, _PlainYaml),  # noqa: S506 - a safe loader
    Format.JSON: json.loads,
}
_UNREADABLE = (tomllib.TOMLDecodeError, yaml.YAMLError, json.JSONDecodeError, RecursionError)


def read_document(text: str, written: Format) -> Policy:
    """The policy in a document that was sent. Raises :class:`PolicyError` with every fault at its place."""
    try:
        raw = _READERS[written](text.removeprefix("\ufeff"))
    except _UNREADABLE as wrong:
        name = written.upper()
        raise PolicyError(
            f"规则文件不是有效的 {name}：{wrong}",
            f"the policy document is not valid {name}: {wrong}",
            rule="policy.valid",
        ) from wrong
    if not isinstance(raw, dict):
        raise PolicyError("规则文件应为一张表", "the policy document must be one table", rule="policy.valid")
    return build_policy({**raw, **_dated(raw)})


def _dated(raw: Mapping[str, Any]) -> dict[str, date]:
    """The date of the document where its format has no dates of its own."""
    try:
        return {"effective_from": date.fromisoformat(raw["effective_from"])}
    except (KeyError, TypeError, ValueError):
        return {}


def format_of(name: str) -> Format | None:
    """The format of a file by its name; None for any other."""
    ending = Path(name).suffix.lower().removeprefix(".")
    return Format("yaml" if ending == "yml" else ending) if ending in {"yml", *Format} else None


def load_file(path: str | Path) -> Policy:
    """The policy in the file ``path`` (TOML unless its name says YAML or JSON); raises :class:`PolicyError` if it cannot be
    read or used."""
    return read_document(text_of(path), format_of(str(path)) or Format.TOML)


def text_of(path: str | Path) -> str:
    """The text of the file ``path``; raises :class:`PolicyError` if it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise PolicyError(
            f"无法读取政策文件 {path}：{wrong}", f"the policy file {path} cannot be read: {wrong}"
        ) from wrong


@cache
def delivery_rules(path: str | Path | None = None) -> DeliveryRules:
    """The rules of messages that go out (通知外发规则): the packaged ones, or those in the TOML file ``path``. Raises
    :class:`PolicyError` if it cannot be read or used."""
    source = Path(path) if path else files(__name__).joinpath("delivery.toml")
    try:
        return DeliveryRules.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as wrong:
        raise PolicyError(
            f"无法使用外发规则 {source}：{wrong}", f"the delivery rules {source} cannot be used: {wrong}"
        ) from wrong


@cache
def phrases_of_bases() -> Mapping[str, Mapping[str, str]]:
    """Language → the phrases of a basis (依据) → what they are called in it."""
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(
        files(__name__).joinpath("bases.toml").read_text(encoding="utf-8")
    )
    return found
