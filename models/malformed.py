"""Input that does not have the shape asked for: each wrong field by its name, and what is wrong, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from models.errors import Malformed
from models.fields import Pair, field_name

MOST_NAMED, MOST_SHOWN = 5, 50
"""Wrong fields named in the sentence itself, and in ``details.fields``."""

_DATE = ("应为日期（YYYY-MM-DD）", "must be a date (YYYY-MM-DD)")
_INSTANT = ("应为带时区的时间", "must be a time with its offset")
_ID = ("不是有效的编号", "is no valid id")
_INT = ("应为整数", "must be a whole number")
_NUMBER = ("应为数字", "must be a number")
_BOOL = ("应为是或否", "must be true or false")
_LIST = ("应为列表", "must be a list")
_OBJECT = ("应为对象", "must be an object")
_JSON = ("不是有效的 JSON", "is not valid JSON")
_CHOICE = ("应为以下之一：{expected}", "must be one of {expected}")
_OTHER = ("值不符合要求", "has a value that is not accepted")

SAYINGS: Mapping[str, tuple[str, str]] = {
    "missing": ("必填", "is required"),
    "extra_forbidden": ("不认识的字段", "is no field of this"),
    "string_type": ("应为文本", "must be text"),
    "string_too_short": ("至少 {min_length} 个字符", "takes at least {min_length} characters"),
    "string_too_long": ("最多 {max_length} 个字符", "takes at most {max_length} characters"),
    "string_unicode": ("含有无法读取的字符", "holds characters that cannot be read"),
    "string_pattern_mismatch": ("格式不符", "does not have the form asked for"),
    "text_hidden": ("含有不可见字符（{code}）", "holds a character that cannot be seen ({code})"),
    "text_blank": ("不能为空白", "is blank"),
    "int_type": _INT,
    "int_parsing": _INT,
    "int_parsing_size": _INT,
    "int_from_float": _INT,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": ("应为有限的数", "must be a finite number"),
    "bool_type": _BOOL,
    "bool_parsing": _BOOL,
    "greater_than": ("应大于 {gt}", "must be greater than {gt}"),
    "greater_than_equal": ("应不小于 {ge}", "must be greater than or equal to {ge}"),
    "less_than": ("应小于 {lt}", "must be less than {lt}"),
    "less_than_equal": ("应不大于 {le}", "must be less than or equal to {le}"),
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "uuid_parsing": _ID,
    "uuid_type": _ID,
    "date_parsing": _DATE,
    "date_type": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "ended_before_started": ("早于开始时间", "lies before the beginning"),
    "signed_and_refused": ("已签名的，没有拒绝签字的见证人", "cannot be told with a signature"),
    "two_witnesses": ("应为两名以上不同的见证人", "takes two different witnesses or more"),
    "date_out_of_range": ("应在 {first} 至 {last} 之间", "must lie between {first} and {last}"),
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "datetime_type": _INSTANT,
    "timezone_aware": ("时间应带时区", "must say its offset"),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "too_short": ("至少 {min_length} 项", "takes at least {min_length}"),
    "too_long": ("最多 {max_length} 项", "takes at most {max_length}"),
    "json_invalid": _JSON,
    "json_type": _JSON,
    "union_tag_invalid": ("种类应为以下之一：{expected_tags}", "must be of one of the kinds {expected_tags}"),
    "union_tag_not_found": ("缺少种类字段", "does not say of which kind it is"),
}
"""Kind of mistake → what is said of it; any other has a value that is not accepted."""


def malformed(
    errors: Sequence[Mapping[str, Any]],
    rule: str = "api.schema",
    *,
    told: Any = None,
    own: Mapping[str, Pair] = MappingProxyType({}),
) -> Malformed:
    """The refusal of pydantic's ``errors``: every field by its name (its ``own`` where the form has one), members of
    lists by number and title as ``told``; no other given value is repeated."""
    return malformed_fields([_field(error, told, own) for error in errors[:MOST_SHOWN]], rule)


def malformed_fields(fields: Sequence[Mapping[str, str]], rule: str = "api.schema") -> Malformed:
    """The refusal of fields; each says where it is, what it is called, and what is wrong, in both languages."""
    shown = fields[:MOST_NAMED]
    return Malformed(
        f"请求内容不符合要求：{'；'.join(one['name_zh'] + one['zh'] for one in shown)}",
        f"The request is malformed: {'; '.join(one['name_en'] + ' ' + one['en'] for one in shown)}",
        rule=rule,
        remedy_zh="按 details.fields 逐项改正后重新提交",
        remedy_en="Correct each of details.fields and send it again",
        fields=[dict(one) for one in fields],
    )


def _field(error: Mapping[str, Any], told: Any, own: Mapping[str, Pair]) -> dict[str, str]:
    kind = str(error.get("type", ""))
    context = {key: str(value) for key, value in (error.get("ctx") or {}).items()}
    zh, en = SAYINGS.get(kind, _OTHER)
    try:
        zh, en = zh.format(**context), en.format(**context)
    except (KeyError, IndexError):
        zh, en = _OTHER
    place = error.get("loc", ())
    named_zh, named_en = field_name(place, told, own)
    where = ".".join(str(part) for part in place)
    return {"field": where, "type": kind, "name_zh": named_zh, "name_en": named_en, "zh": zh, "en": en}
