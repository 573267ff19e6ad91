"""Pulls every source into the build database: extraction side by side, loading by one writer."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from flows import secrets
from flows.run import Run
from flows.settings import Source
from sources import registry
from sources.connector import Context
from sources.errors import SourceError
from sources.pipeline import pull
from warehouse import landing, ledger
