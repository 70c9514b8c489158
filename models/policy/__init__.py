"""The policy (政策参数): the durations, caps, ranks, numbering and ladder a case goes by, as data held against the statutes."""

from models.policy.document import Policy, build_policy, parse_policy

__all__ = ["Policy", "build_policy", "parse_policy"]
