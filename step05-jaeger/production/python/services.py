"""Runs user-service and joke-service until one of them ends, or Ctrl-C.

SERVICES=user-service runs that one alone. USER_ADDR and JOKE_ADDR say where
they listen. All else that is in the environment is for both.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import server

SERVICES = {
    "user-service": ("user_service.py", "USER_ADDR", "127.0.0.1:8080"),
    "joke-service": ("joke_service.py", "JOKE_ADDR", "127.0.0.1:8081"),
}


def main():
    names = os.environ.get("SERVICES", "user-service,joke-service").split(",")
    for name in names:
        if name not in SERVICES:
            sys.exit(f"SERVICES names {name!r}: there are only {' and '.join(SERVICES)}")
    server.exit_on_signals()
    running = []
    try:
        for name in names:
            running.append(start(*SERVICES[name]))
        while all(service.poll() is None for service in running):
            time.sleep(0.05)
        sys.exit("a service has ended by itself")
    finally:
        stop(running)


def start(file, variable, address):
    env = os.environ | {"ADDR": os.environ.get(variable, address)}
    return subprocess.Popen([sys.executable, Path(__file__).with_name(file)], env=env)


def stop(running):
    """End the services, and wait until they have sent their last spans."""
    for service in running:
        if os.name != "nt":  # there, Ctrl-C has reached them as well
            service.terminate()
    for service in running:
        service.wait()


if __name__ == "__main__":
    main()
