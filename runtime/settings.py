"""Every setting of the service, read once from the environment.

Own settings carry the prefix ``XIAOHAO_``. Two names come without it because the world knows them already:
``DATABASE_URL``, and Temporal's own environment configuration (``TEMPORAL_ADDRESS``, ``TEMPORAL_PROFILE``,
``TEMPORAL_CONFIG_FILE``, TLS, API key …), which :mod:`runtime.temporal` reads with the SDK's loader.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ledger.urls import async_url, shown
from models.actors import Role
from runtime.loopback import is_loopback
from runtime.providers import Provider

Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0)]


def normalise_database_url(url: str) -> str:
    """``url`` as asyncpg wants it (:func:`ledger.urls.async_url`). Raises ``ValueError`` for what is not PostgreSQL."""
    if not url.startswith("postgres") or "://" not in url:
        raise ValueError("DATABASE_URL must be a PostgreSQL URL: postgresql://user:password@host:5432/name")
    return shown(async_url(url))


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _as_text(value: Any) -> str:
    """A value as the environment carries it."""
    if isinstance(value, tuple):
        return json.dumps([one.plain() for one in value], ensure_ascii=False)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _roles(named: str) -> str:
    """``named`` if all of it are roles. Raises ``ValueError``."""
    for one in filter(None, (part.strip() for part in named.split(","))):
        Role(one)
    return named


def _secure_unless_loopback(data: dict[str, Any]) -> bool:
    return not is_loopback(str(data.get("host", "127.0.0.1")))


class Settings(BaseSettings):
    """The settings of one process. Immutable; times are in seconds; a port of 0 means "any free port"."""

    model_config = SettingsConfigDict(
        env_prefix="XIAOHAO_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # a URL carries a password
        validate_by_name=True,
        validate_by_alias=True,
    )

    # -- where things live
    home: Annotated[Path, AfterValidator(_absolute)] = Field(Path(".xiaohao"), validate_default=True)
    state_dir: Path = Path("/var/lib/xiaohao")
    """Where the database goes when root starts the service below a directory only root may enter."""
    object_store: str | None = None
    """obstore URL (``s3://…``, ``file:///…``); unset: a directory below home."""
    scanner: Annotated[str, Field(pattern=r"^(unix:///|tcp://[^/])")] | None = None
    """clamd that looks at every upload first (``unix:///run/clamav/clamd.ctl``, ``tcp://host:3310``); unset: none."""

    # -- the API
    host: str = "127.0.0.1"
    port: Port = 8000
    cookie_secure: bool = Field(default_factory=_secure_unless_loopback)
    """Session cookies only over HTTPS; the default is yes unless the API listens on loopback."""
    trusted_proxies: str = Field(
        "", validation_alias=AliasChoices("XIAOHAO_TRUSTED_PROXIES", "FORWARDED_ALLOW_IPS")
    )
    """Addresses or networks of proxies whose X-Forwarded-For is believed, with commas between; empty: nobody's."""
    public_url: Annotated[str, Field(pattern=r"^https?://[^/?#]+$")] | None = None
    """What this service is called outside (``https://xh.example.gov.cn``): printed links begin with it. Unset: they begin
    with the address the officer's own browser uses."""
    paper_fonts: str = ""
    """Folders of licensed fonts for papers (仿宋、小标宋), with commas between; they come before the packaged ones."""
    unattached_days: int = Field(14, ge=1, le=366)
    """An uploaded file that no case has taken after so many days is cleared away."""
    tips_waiting: int = Field(500, ge=1)
    """How many tips of the public may wait in a district; beyond that the page says to call 12350."""
    tip_photos_mb: int = Field(2_000, ge=0)
    """Megabytes of pictures kept of tips that became no case, per district; beyond that tips come in words alone."""
    export_rows: int = Field(50_000, ge=1, le=1_000_000)
    """Rows one exported file may have; beyond that the answer is to export in parts."""
    local_accounts: bool = True
    """People sign in with a password kept here. False: by single sign-on alone (``xiaohao user emergency`` opens one)."""
    oidc: tuple[Provider, ...] = ()
    """Providers of single sign-on (统一身份认证), as JSON: a list of what :class:`runtime.providers.Provider` holds."""
    second_factor_roles: Annotated[str, AfterValidator(_roles)] = ""
    """Roles that must set up a second factor (``admin,head``), with commas between; empty: whoever wants one."""
    password_length: int = Field(10, ge=8, le=64)
    password_days: int | None = Field(None, ge=1)
    """Days after which a password must be changed; unset: never."""
    password_history: int = Field(5, ge=0, le=24)
    """How many of the last passwords are not taken again."""
    program_overlap_hours: int = Field(24, ge=0, le=720)
    """How long the tokens of a program go on working when another is issued."""
    import_rows: int = Field(2_000, ge=1, le=100_000)
    """Rows of enterprises or people a door takes at once; an old ledger is staged whole and worked off behind it."""
    import_mb: int = Field(20, ge=1, le=200)
    """Megabytes one file that is imported may have at a door."""
    in_flight_limit: int = Field(64, ge=1)
    """The most writes under way at once in one API process; the bound itself follows how long they take, beyond it 429."""
    retry_after_seconds: int = Field(1, ge=1)
    rpc_timeout_seconds: Seconds = 10.0

    # -- the database
    database_url: Annotated[str, AfterValidator(normalise_database_url)] | None = Field(
        None, validation_alias=AliasChoices("DATABASE_URL", "XIAOHAO_DATABASE_URL")
    )
    """Set: this PostgreSQL (15 or later) is used. Unset: the embedded one."""
    database_owner_url: Annotated[str, AfterValidator(normalise_database_url)] | None = Field(
        None, validation_alias=AliasChoices("DATABASE_OWNER_URL", "XIAOHAO_DATABASE_OWNER_URL")
    )
    """The same database as the owner of its tables, for ``xiaohao migrate`` alone; the service's login owns nothing."""
    db_pool_size: int = Field(10, ge=1)
    db_timeout_seconds: Seconds = 4.0
    """How long an API process waits for a connection or an answer of the database before it says 503."""
    pg_port: Port | None = None
    """Embedded PostgreSQL listens on a Unix socket only; a number opens loopback TCP with a password too."""
    pg_account: str | None = None
    """As root: the account the embedded PostgreSQL runs under (default: ``xiaohao``, else ``nobody``)."""

    # -- Temporal
    namespace: str = "xiaohao"
    task_queue: str = "xiaohao"
    temporal_port: Port = 0
    temporal_http_port: Port = 0
    temporal_metrics_port: Port = 0
    ui: bool = True
    ui_port: Port = 0
    sticky_timeout_seconds: Seconds = 1.0
    task_timeout_seconds: Seconds = 3.0
    """How long a worker may keep a task: what its death costs, and what a busy one needs (docs/adr/0015)."""
    cached_runs: int = Field(1000, ge=64)
    """Open cases a worker holds ready in memory (under 0.1 MB each); any other is replayed when something happens to it,
    which takes about 2 ms an event of its run: 20 ms for a young case."""
    sandbox: bool = False
    """The worker runs workflows in Temporal's sandbox, as the tests do; slower, ``replay`` too."""
    timer_jitter_seconds: int = Field(30, ge=0)
    """Cases due at one moment wake spread over this many seconds."""
    metrics_address: str | None = None
    """``host:port`` where a worker shows its metrics to Prometheus; unset: it shows none."""

    # -- notices that leave the house (docs/operations/notices.md); what is not set is off
    smtp_host: str | None = None
    """The mail server; unset: no e-mail."""
    smtp_port: Port = 465
    smtp_tls: Literal["tls", "starttls", "none"] = "tls"
    """``tls`` from the first byte (465), ``starttls`` (587), or ``none`` for a server on this machine."""
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: Annotated[str, Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$")] | None = None
    """The sender's address; set it with ``smtp_host``."""
    webhooks: bool = False
    """Whether people may give a web address that is told by a signed request."""
    webhooks_private: bool = False
    """Whether such an address may be inside (private networks, this machine) and without TLS."""
    robots: bool = False
    """Whether people may give a WeCom, DingTalk or Feishu bot; needs the extra ``robots``."""
    sms_url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] | None = None
    """The text message gateway's hook; unset: no text messages."""
    sms_secret: SecretStr | None = None
    """The secret requests to it are signed with (``whsec_…``); set it with ``sms_url``."""
    delivery_rules: Path | None = None
    """Rules of messages in place of the packaged ``policies/delivery.toml``."""
    delivery_timeout_seconds: Seconds = 10.0
    """How long a receiver may take to answer."""

    # -- keys (see runtime.keys)
    command_keys: SecretStr | None = None
    """``id:base64,id:base64``; the first signs, all verify. Unset: one is made below home."""
    secret_key: SecretStr | None = None
    """At least 32 characters; page bookmarks, codes of addresses and the seal on who reported derive from it. Unset: made
    below home."""

    # -- behaviour
    spares: bool = True
    """``xiaohao up`` keeps a loaded second process of worker and API (about 100 MB each) to take over at once."""
    demo: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"
    """``auto``: readable lines on a terminal, JSON everywhere else."""

    def as_environment(self) -> dict[str, str]:
        """The values that were set (not the defaults), as environment variables for a child process."""
        values = {name: getattr(self, name) for name in self.model_fields_set}
        return {
            name.upper() if name.startswith("database_") else f"XIAOHAO_{name.upper()}": _as_text(value)
            for name, value in values.items()
            if value is not None
        }

    @property
    def object_store_url(self) -> str:
        """The object store as a URL; the default is ``objects/`` below home."""
        return self.object_store or (self.home / "objects").as_uri()

    @property
    def object_store_is_local(self) -> bool:
        """True when evidence files lie on this machine's disk."""
        return self.object_store_url.startswith("file:")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read from the environment at the first call."""
    return Settings()
