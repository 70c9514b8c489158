"""A browser in words: what its user agent says, as people would say it."""

from __future__ import annotations

from models.labels import Label

_BROWSERS: tuple[tuple[str, str, str], ...] = (
    ("MicroMessenger", "微信", "WeChat"),
    ("DingTalk", "钉钉", "DingTalk"),
    ("Edg", "Edge 浏览器", "Edge"),
    ("HuaweiBrowser", "华为浏览器", "Huawei browser"),
    ("MiuiBrowser", "小米浏览器", "Xiaomi browser"),
    ("QQBrowser", "QQ 浏览器", "QQ browser"),
    ("Firefox", "火狐浏览器", "Firefox"),
    ("Chrome", "谷歌浏览器", "Chrome"),
    ("Safari", "Safari 浏览器", "Safari"),
    ("curl", "命令行 curl", "curl"),
    ("python", "Python 程序", "Python"),
)
_SYSTEMS: tuple[tuple[str, str, str], ...] = (
    ("iPhone", "苹果手机", "iPhone"),
    ("iPad", "苹果平板", "iPad"),
    ("HarmonyOS", "鸿蒙", "HarmonyOS"),
    ("Android", "安卓手机", "Android"),
    ("Windows", "Windows 电脑", "Windows"),
    ("Mac OS", "苹果电脑", "Mac"),
    ("Linux", "Linux 电脑", "Linux"),
)
"""What stands in a user agent, the more particular first, and its words."""


def device(user_agent: str) -> Label:
    """``user_agent`` in words; what nobody knows stands there as it came."""
    found = [
        next(((zh, en) for needle, zh, en in table if needle.lower() in user_agent.lower()), None)
        for table in (_SYSTEMS, _BROWSERS)
    ]
    known = [one for one in found if one]
    if not known:
        plain = user_agent[:60]
        return Label(zh=plain or "未知设备", en=plain or "unknown device")
    return Label(zh=" · ".join(zh for zh, _ in known), en=" · ".join(en for _, en in known))
