"""A worker process: any set of roles, composed here. `python -m bus.app --role all`."""

import argparse
import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
import uvloop

from bus import relay as relay_module
from bus import subjects, timers, wiring
from bus.broker import Bus, connected
from bus.checkpoints import Checkpoints
from bus.command_consumer import CommandConsumer
from bus.decider import Decider
from bus.effect_consumer import EffectConsumer
from bus.leader import lead
from bus.live import DeltaSink
from bus.policy_consumer import PolicyConsumer
from bus.publisher import Submitter
from bus.relay import Relay
from bus.requests import StoredRequests
from bus.streams import ensure_streams
from contexts.execution.ports import ExecutionPorts
from infra.eventstore.postgres import PostgresEventStore
from infra.providers.catalog import chat_model
from infra.settings import Settings, load

ROLES = ("commands", "relay", "policies", "effects", "projections", "timers")
EFFECT_CONCURRENCY = 64

Role = Callable[[], Awaitable[None]]
