"""Every setting of the platform. Nothing else reads the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from uuid import UUID

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["json", "console"]
PREFIX = "HB_"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    data_dir: Path = Field(
        Path(".hirebuddha"), description="Folder for everything the platform keeps on this machine."
    )
    database_url: str | None = Field(
        None, description="Postgres to use (17 or newer, with pgvector). Unset: the embedded one is started."
    )
    nats_url: str | None = Field(
        None, description="NATS to use (2.12 or newer, JetStream on). Unset: the embedded one is started."
    )
    nats_monitor_url: str | None = Field(
        None,
        description="Monitoring address of that NATS, for example `http://nats:8222`. "
        "Needed to prove that it syncs every message to disk.",
    )
    api_host: str = Field("127.0.0.1", description="Address the API listens on.")
    api_port: int = Field(8000, ge=0, le=65535, description="Port the API listens on; 0 takes any free one.")
    trusted_proxies: str | None = Field(
        None,
        description="Networks of proxies before the API, for example `10.0.0.0/8`: only from there "
        "`X-Forwarded-For` and `X-Forwarded-Proto` are believed.",
    )
    cors_origins: str | None = Field(
        None,
        description="Origins whose pages may use the API with credentials, exactly as browsers name them, "
        "for example `https://console.example.com`. There is no wildcard.",
    )
    rate_limits: str | None = Field(
        None,
        description="Changes to the table of rate limits, in requests per minute: "
        "`user.write=300, ip.sign_in=20`; 0 is no limit. `off`: no rate limits.",
    )
    rate_limit_url: SecretStr | None = Field(
        None,
        description="Redis or Valkey that counts for all processes together, for example "
        "`redis://redis:6379/0`. Unset: each process of the API counts for itself.",
    )
    max_requests: int = Field(
        1_000, gt=0, description="How many requests one process of the API has under way at a time."
    )
    max_streams: int = Field(2_000, gt=0, description="How many event streams it has open at a time.")
    max_requests_per_address: int = Field(
        250, gt=0, description="How many of these, requests and streams each, may be one address's."
    )
    request_seconds: float = Field(
        30.0, gt=0, description="How long a request may take until its answer begins."
    )
    request_body_seconds: float = Field(
        20.0, gt=0, description="How long the body of a request may take to come."
    )
    access_log_months: int = Field(
        13,
        ge=1,
        le=120,
        description="How many whole months of the access log are kept beside the present one.",
    )
    max_body_bytes: int = Field(1_048_576, gt=0, description="Largest request body the API accepts.")
    command_wait_seconds: float = Field(
        2.0, gt=0, description="How long a request waits for its command's answer before it becomes a 202."
    )
    hook_calls_per_minute: int = Field(
        600, gt=0, description="How many calls of one webhook trigger a process of the API takes per minute."
    )
    hook_burst: int = Field(
        100, gt=0, description="How many of these may come at once, after a while without any."
    )
    access_token_minutes: int = Field(10, gt=0, description="How long an access token is valid.")
    token_key_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="After so many days the next key signs access tokens. 0: only `hb keys rotate-tokens`.",
    )
    session_idle_days: int = Field(
        30, gt=0, le=365, description="After so many days without being used a sign-in is over."
    )
    session_days: int = Field(
        90, gt=0, le=365, description="After so many days a sign-in is over however much it is used."
    )
    password_hashes_at_once: int = Field(
        2, ge=1, le=64, description="How many passwords one process hashes at a time; each takes 64 MiB."
    )
    password_hashes_waiting: int = Field(
        64, ge=0, le=10_000, description="How many more may wait for that; who comes then gets a 503."
    )
    breached_passwords_url: str | None = Field(
        None,
        description="Where to ask whether a password was in a data breach, by five digits of its hash, for "
        "example `https://api.pwnedpasswords.com/range/`. Unset: only the lists we have are asked.",
    )
    registration: Literal["open", "closed"] = Field(
        "open", description="Whether people may register by themselves, each with a tenant of their own."
    )
    registration_partner: UUID | None = Field(
        None, description="Whose tenants they become. Unset: those of a partner that is the platform's own."
    )
    console_url: str = Field(
        "http://localhost:8000",
        description="Where the links in letters lead: the console's address, or that of the API.",
    )
    api_url: str | None = Field(
        None,
        description="This API as browsers reach it; providers send people back there. "
        "Unset: the console's address.",
    )
    passkey_domain: str = Field(
        "localhost",
        description="Domain passkeys are for: that of the console or one above it. "
        "It never changes once somebody has a passkey.",
    )
    passkey_origins: str = Field(
        "http://localhost:8000",
        description="Where pages may use passkeys: a list like "
        "`https://app.example, https://acme.app.example`. The first is what `hb` says.",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Master key (Fernet) that encrypts stored secrets. "
        "Unset: a key file is generated in the data folder, readable by its owner only.",
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Where letters are handed in: `smtps://user:password@mail.example.com`, "
        "`starttls://…` (587) or `smtp://…` (25, not encrypted). "
        "Unset: letters are kept in the folder `mail` of the data folder, for `hb mail list`.",
    )
    mail_from: str = Field(
        "no-reply@hirebuddha.local",
        pattern=r"^[^\r\n]*[^@\s<>]+@[^@\s<>]+>?$",
        description="Who letters are from: an address, or `Name <address>`. "
        "Without a name they are from the partner's brand.",
    )
    oidc_providers: SecretStr | None = Field(
        None,
        description="Providers people may sign in with, as JSON: "
        '`{"google": {"preset": "google", "client_id": "…", "client_secret": "…"}, '
        '"microsoft": {"preset": "microsoft", "client_id": "…", "client_secret": "…", '
        '"tenants": ["<tenant id>"]}, "ours": {"issuer": "https://id.example.com", "client_id": "…"}}`. '
        'With `"trust_mfa": true` a second factor shown there counts for ours.',
    )
    audit_origin: str = Field(
        "hirebuddha.local/ledger",
        pattern=r"^[^\s+]+$",
        description="Name of the ledger in its signed checkpoints, like an address without a scheme. "
        "Unique among all ledgers; it never changes once something is sealed.",
    )
    witnesses: str | None = Field(
        None,
        description="Who is asked to cosign the ledger's checkpoints, each by its public key and address, "
        "for example `example.com/w1+67283f1e+BFOm… https://witness.example.com`, with commas between.",
    )
    openai_api_key: SecretStr | None = Field(None, description="Key for OpenAI or a compatible service.")
    openai_base_url: str | None = Field(None, description="Address of a service that speaks OpenAI's API.")
    stripe_secret_key: SecretStr | None = Field(
        None, description="Key for Stripe, which collects invoices. Unset: tenants pay by transfer only."
    )
    stripe_webhook_secret: SecretStr | None = Field(
        None, description="With which Stripe signs what it sends to `/payments/stripe/webhook`."
    )
    stripe_base_url: str | None = Field(
        None, description="Address of a service that speaks Stripe's API, for tests."
    )
    local_model_url: str | None = Field(
        None, description="Where the local model server listens; the supervisor sets it for its children."
    )
    outbound_allow: str | None = Field(
        None,
        description="Exceptions for tools' requests, which reach public addresses only: a list like "
        "`localhost:8080, 10.1.0.0/16`. For development and tests.",
    )
    mcp_servers: str | None = Field(
        None,
        description="MCP servers that tools may use by stdio, as JSON: "
        '`{"files": {"command": ["files-mcp", "/srv"], "tenants": ["<tenant id>"]}}`; '
        '`"tenants": "*"` lists it for everybody.',
    )
    runs_per_tenant: int = Field(
        50, gt=0, description="How many runs of one tenant may be under way at a time; more wait in a queue."
    )
    runs_per_partner: int = Field(
        200, gt=0, description="How many runs of all tenants of one partner may be under way at a time."
    )
    runs_on_platform: int = Field(1000, gt=0, description="How many runs may be under way at a time in all.")
    base_domain: str | None = Field(
        None,
        description="Domain under which each tenant has a name, for example `agents.example`. "
        "Unset: hosts name nobody.",
    )
    tenant_grace_days: int = Field(
        30, ge=1, le=365, description="How long a tenant that is to be closed may change its mind."
    )
    period_grace_hours: float = Field(
        48, ge=0, le=24 * 27, description="How long after its end a month stays open for what comes late."
    )
    effect_concurrency: int = Field(
        64, ge=1, le=1024, description="How many calls of providers and tools one process makes at a time."
    )
    log_level: LogLevel = Field("INFO", description="Least severe log line that is written.")
    log_format: LogFormat = Field("json", description="`json` for machines, `console` for people.")
    otlp_endpoint: str | None = Field(
        None, description="OTLP/HTTP collector for traces. Unset: no tracing, at no cost."
    )
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Port for Prometheus metrics of a worker; `up` uses the next one too. Unset: none.",
    )
    failpoints: str = Field(
        "",
        description="Only for tests of failure: where this process crashes, stops, sleeps or fails, "
        "for example `commit.after=crash:3,effect.before=sleep:2`. The points are in `bus/failpoints.py`.",
    )


def load() -> Settings:
    return Settings()


def child_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with settings changed, for a process it starts."""
    return {**os.environ, **{PREFIX + name.upper(): value for name, value in changes.items()}}
