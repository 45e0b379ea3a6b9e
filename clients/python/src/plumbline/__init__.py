"""Reward functions for RL trainers that take a Python callable."""

from .client import AsyncClient, Client, numbers
from .errors import MissingReward, PlumblineError
from .samples import Reward, Sample
from .settings import Settings

__all__ = ["AsyncClient", "Client", "MissingReward", "PlumblineError", "Reward", "Sample", "Settings", "numbers"]
__version__ = "0.1.0"
