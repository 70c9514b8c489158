"""One error tree. Each class fixes a stable ``code`` and an HTTP ``status``; each instance says what, why and what would help."""

from __future__ import annotations

from typing import Any, ClassVar


class XiaohaoError(Exception):
    """Base of every error this project raises on purpose.

    ``zh``/``en`` say what happened; ``rule`` names the rule of ours that refused (stable identifier);
    ``article`` the law or clause it stands on; ``remedy_zh``/``remedy_en`` what would make it possible.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500

    def __init__(
        self,
        zh: str,
        en: str,
        *,
        rule: str | None = None,
        article: str | None = None,
        remedy_zh: str | None = None,
        remedy_en: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en
        self.rule = rule
        self.article = article
        self.remedy_zh = remedy_zh
        self.remedy_en = remedy_en
        self.details: dict[str, Any] = details

    def as_dict(self) -> dict[str, Any]:
        """The explanation as plain data: what travels through Temporal and into problem+json."""
        return {
            "code": self.code,
            "status": self.status,
            "zh": self.zh,
            "en": self.en,
            "rule": self.rule,
            "article": self.article,
            "remedy_zh": self.remedy_zh,
            "remedy_en": self.remedy_en,
            "details": self.details,
        }


# -- the asker may not (403) -----------------------------------------------------------------------
class NotAuthenticated(XiaohaoError):
    """Nobody is signed in."""

    code = "not_authenticated"
    status = 401


class NotAuthorised(XiaohaoError):
    """The role, the rank or the certificate does not carry this command."""

    code = "not_authorised"
    status = 403


class DutiesNotSeparated(NotAuthorised):
    """Two steps the law keeps apart would be done by one person (职责分离)."""

    code = "duties_not_separated"


class SignatureInvalid(NotAuthorised):
    """A command that the API did not sign for this case, or signed too long ago."""

    code = "signature_invalid"


# -- unknown, or not the asker's (404) -------------------------------------------------------------
class NotFound(XiaohaoError):
    """It does not exist, or it is not yours; the two answers are the same on purpose."""

    code = "not_found"
    status = 404


# -- not now (409) ---------------------------------------------------------------------------------
class Refused(XiaohaoError):
    """A business refusal: well-formed and authorised, but not now."""

    code = "refused"
    status = 409


class TransitionNotAllowed(Refused):
    """The lifecycle table has no such move from this state."""

    code = "transition_not_allowed"


class RequirementMissing(Refused):
    """A step, a part or a fact the rule demands is not there yet."""

    code = "requirement_missing"


class LimitExceeded(Refused):
    """A number, a length or a date lies outside what policy allows."""

    code = "limit_exceeded"


class Conflict(Refused):
    """It collides with what is already recorded."""

    code = "conflict"


class IdempotencyConflict(Conflict):
    """The same Idempotency-Key came with a different request."""

    code = "idempotency_conflict"


# -- malformed, too much, or the engine is away ----------------------------------------------------
class Malformed(XiaohaoError):
    """The request cannot be understood."""

    code = "malformed"
    status = 422


class BadRequest(XiaohaoError):
    """A header or a parameter every request needs is missing or wrong."""

    code = "bad_request"
    status = 400


class IdempotencyKeyMissing(BadRequest):
    """A write came without its Idempotency-Key."""

    code = "idempotency_key_missing"


class TooSlow(XiaohaoError):
    """The body of a request did not come in time."""

    code = "too_slow"
    status = 408


class TooLarge(XiaohaoError):
    """A body, a file or a command beyond its size limit."""

    code = "too_large"
    status = 413


class UnsupportedMedia(XiaohaoError):
    """A file type that is not accepted as evidence, or not what it says it is."""

    code = "unsupported_media"
    status = 415


class TooManyRequests(XiaohaoError):
    """More than the bounded number in flight, or a rate limit; ``details['retry_after']`` in seconds."""

    code = "too_many_requests"
    status = 429


class EngineUnavailable(XiaohaoError):
    """Temporal or PostgreSQL does not answer; nothing is lost, the same key may be sent again."""

    code = "engine_unavailable"
    status = 503


class Pending(XiaohaoError):
    """Sent, but not confirmed in time: it may still take effect; the same key tells which (202)."""

    code = "pending"
    status = 202


class PolicyError(XiaohaoError):
    """A policy file that cannot be used; statutory values name their article."""

    code = "policy_invalid"
    status = 422


def other_request() -> IdempotencyConflict:
    """The refusal of a key that was used for something else, in the words of whoever went back to a form and changed it."""
    return IdempotencyConflict(
        "此前已经提交过一次，内容与这一次不同；这一次没有办理",
        "It was sent before, with other content; nothing was done this time",
        rule="api.idempotency_key",
        remedy_zh="先看此前那一次是否已经办成；仍要按现在的内容办理的，重新提交一次",
        remedy_en="See first what became of it; to do it as it stands now, send it anew",
    )


def _tree(root: type[XiaohaoError]) -> dict[str, type[XiaohaoError]]:
    return {root.code: root} | {
        code: kind for sub in root.__subclasses__() for code, kind in _tree(sub).items()
    }


def error_classes() -> dict[str, type[XiaohaoError]]:
    """Every class of the tree by its code, for documentation and for :func:`error_from`."""
    return _tree(XiaohaoError)


def error_from(data: dict[str, Any]) -> XiaohaoError:
    """Rebuild the error that :meth:`XiaohaoError.as_dict` described (unknown codes become the base class)."""
    kind = error_classes().get(str(data.get("code")), XiaohaoError)
    texts = ("rule", "article", "remedy_zh", "remedy_en")
    error = kind(str(data.get("zh", "")), str(data.get("en", "")), **{key: data.get(key) for key in texts})
    error.details = dict(data.get("details") or {})
    return error
