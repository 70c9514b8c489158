"""Chinese first, English second: the language of an answer, the words for malformed input, the titles of refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from models.errors import XiaohaoError

Language = Literal["zh", "en"]
CONTENT_LANGUAGE: Mapping[Language, str] = {"zh": "zh-CN", "en": "en"}


def language(accept: str | None) -> Language:
    """The language an Accept-Language header prefers; Chinese when it says nothing we speak."""
    best: tuple[float, int, Language] = (0.0, 0, "zh")
    for place, item in enumerate((accept or "")[:500].split(",")):
        tag, _, weight = item.strip().partition(";")
        primary = tag.split("-")[0].lower()
        quality = _quality(weight)
        if primary in ("zh", "en") and (quality, -place) > (best[0], -best[1]):
            best = (quality, place, "zh" if primary == "zh" else "en")
    return best[2]


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


TITLES: Mapping[str, tuple[str, str]] = {
    "internal_error": ("服务内部错误", "Internal error"),
    "not_authenticated": ("请先登录", "Sign in first"),
    "not_authorised": ("无权操作", "Not within your authority"),
    "duties_not_separated": ("违反职责分离", "Duties must be separated"),
    "signature_invalid": ("命令签名无效", "The command's signature is not valid"),
    "not_found": ("未找到", "Not found"),
    "refused": ("现在不能办理", "Not now"),
    "transition_not_allowed": ("当前状态不能办理", "Not from this state"),
    "requirement_missing": ("缺少必要条件", "Something required is missing"),
    "limit_exceeded": ("超出限制", "Beyond a limit"),
    "conflict": ("与已有记录冲突", "Conflicts with what is recorded"),
    "idempotency_conflict": ("幂等键已用于其他请求", "The idempotency key belongs to another request"),
    "malformed": ("请求内容不符合要求", "The request is malformed"),
    "bad_request": ("请求有误", "Bad request"),
    "idempotency_key_missing": ("缺少幂等键", "The idempotency key is missing"),
    "too_slow": ("内容没有及时传完", "The body came too slowly"),
    "too_large": ("内容过大", "Too large"),
    "unsupported_media": ("文件类型不被接受", "This type of file is not accepted"),
    "too_many_requests": ("请求过多，请稍后再试", "Too many requests, try again later"),
    "engine_unavailable": ("服务暂时不可用", "Temporarily unavailable"),
    "pending": ("已提交，等待确认", "Sent, waiting for confirmation"),
    "policy_invalid": ("政策文件无效", "The policy file is not valid"),
    "method_not_allowed": ("不支持该方法", "Method not allowed"),
}


def title(kind: type[XiaohaoError], lang: Language) -> str:
    """The title of a class of the tree; a class without its own has its nearest ancestor's."""
    for ancestor in kind.__mro__:
        names = TITLES.get(getattr(ancestor, "code", ""))
        if names:
            return names[0 if lang == "zh" else 1]
    return TITLES["internal_error"][0 if lang == "zh" else 1]
