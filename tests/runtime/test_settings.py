"""Settings, keys and logs: what is read, made, kept and never shown."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import structlog
from pydantic import ValidationError

from runtime.home import CannotStart
from runtime.keys import command_keys, derived_key
from runtime.logs import MASK, configure_logging
from runtime.settings import Settings, normalise_database_url


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p%40@h:5433/d?sslmode=require", "postgresql+asyncpg://u:p%40@h:5433/d?ssl=require"),
        ("postgresql+psycopg://u@h/d?sslmode=require", "postgresql+psycopg://u@h/d?sslmode=require"),
    ],
)
def test_database_urls_are_made_asyncpg(given: str, wanted: str) -> None:
    assert normalise_database_url(given) == wanted


def test_the_environment_is_read_and_a_bad_value_does_not_show_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:hunter2@h/d")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "PostgreSQL URL" in str(refused.value)
    assert "hunter2" not in str(refused.value)
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@h/d")
    monkeypatch.setenv("XIAOHAO_PORT", "0")
    assert Settings().database_url == "postgresql+asyncpg://u@h/d"
    assert Settings().port == 0


@pytest.mark.parametrize(("host", "secure"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)])  # noqa: S104
def test_cookies_need_https_unless_on_loopback(host: str, secure: bool) -> None:
    assert Settings(host=host).cookie_secure is secure


@pytest.mark.parametrize(
    ("issuer", "taken"),
    [
        ("https://sso.example", True),
        ("http://127.0.0.1:8080/realms/x", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        ("http://sso.example", False),
        ("http://10.0.0.7/realms/x", False),
        ("http://localhost.example", False),
    ],
)
def test_an_issuer_is_reached_by_tls_but_on_this_machine(issuer: str, *, taken: bool) -> None:
    named = {"id": "sso", "name": "认证", "issuer": issuer, "client_id": "x"}
    with nullcontext() if taken else pytest.raises(ValidationError, match="https"):
        Settings(oidc=(named,))  # type: ignore[arg-type]


def test_as_environment_makes_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chosen = Settings(home=tmp_path, demo=True, ui=False, secret_key="s" * 40, log_level="DEBUG")  # type: ignore[arg-type]
    for name, value in chosen.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == chosen


def test_keys_are_made_once_and_are_private(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    first = command_keys(settings)
    assert command_keys(settings) == first
    assert len(first.signing_key) == 32
    assert derived_key(settings, "bookmark") == derived_key(settings, "bookmark")
    assert derived_key(settings, "bookmark") != derived_key(settings, "link")
    kept = sorted(path.name for path in (tmp_path / "keys").iterdir())
    assert kept == ["command", "secret"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (tmp_path / "keys").iterdir())
    assert repr(first.signing_key) not in repr(first)


def test_keys_rotate_by_order_and_a_malformed_one_is_a_sentence(tmp_path: Path) -> None:
    new, old = "bmV3" * 11, "b2xk" * 11
    keys = command_keys(Settings(home=tmp_path, command_keys=f"k2:{new}, k1:{old}"))  # type: ignore[arg-type]
    assert keys.current == "k2"
    assert set(keys.keys) == {"k1", "k2"}
    for bad in ("k1", "k1:short", "", f":{new}"):
        with pytest.raises(CannotStart):
            command_keys(Settings(home=tmp_path, command_keys=bad))  # type: ignore[arg-type]
    with pytest.raises(CannotStart, match="32"):
        derived_key(Settings(home=tmp_path, secret_key="short"), "x")  # type: ignore[arg-type]


@pytest.fixture
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("restored_logging")
def test_logs_are_json_keep_chinese_and_mask_persons(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"))
    structlog.get_logger("test").info(
        "复查完成，联系 13812345678",
        case_id="0190f3e2-13ab-7cde-8f00-113812345678",
        password="hunter2",
        contact={"mobile": "x", "note": "证件 11010519491231002X"},
        url="postgresql://u:secret@h/d",
    )
    logging.getLogger("some.library").warning("call %s", "13912345678", extra={"token": "t"})
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert ours["event"] == f"复查完成，联系 {MASK}"
    assert ours["case_id"] == "0190f3e2-13ab-7cde-8f00-113812345678"
    assert ours["password"] == MASK
    assert ours["contact"] == {"mobile": MASK, "note": f"证件 {MASK}"}
    assert ours["url"] == f"postgresql://{MASK}@h/d"
    assert ours["timestamp"].endswith("Z")
    assert theirs["event"] == f"call {MASK}"
    assert theirs["token"] == MASK
    assert theirs["logger"] == "some.library"


@pytest.mark.usefixtures("restored_logging")
def test_a_move_of_a_case_is_no_line_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"))
    logging.getLogger("transitions.core").info("Finished processing state ORDERED exit callbacks.")
    assert capsys.readouterr().err == ""
