"""The policy files (政策参数文件) and how to read them; the rules they must keep are in ``models.policy``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from models.deliveries import DeliveryRules
from models.errors import PolicyError
from models.policy import Policy, parse_policy


def default_policy_path() -> Traversable:
    """Where the packaged default policy lies."""
    return files(__name__).joinpath("default.toml")


@cache
def load_default() -> Policy:
    """The packaged default policy, read once."""
    return parse_policy(default_policy_path().read_text(encoding="utf-8"))


def load_file(path: str | Path) -> Policy:
    """The policy in the TOML file ``path``; raises :class:`PolicyError` if it cannot be read or used."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise PolicyError(
            f"无法读取政策文件 {path}：{wrong}", f"the policy file {path} cannot be read: {wrong}"
        ) from wrong
    return parse_policy(text)


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
