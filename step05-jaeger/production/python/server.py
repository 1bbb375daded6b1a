"""A server that answers what it has begun, and sends its last spans, before it ends."""

import signal
import sys

from werkzeug.serving import make_server

STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]


def run(app, address):
    """Serve app on host:port until Ctrl-C or SIGTERM."""
    exit_on_signals()
    host, _, port = address.rpartition(":")
    listener = make_server(host, int(port), app, threaded=True)
    listener.daemon_threads = False  # so that server_close waits for the answers
    print(f"listening on {address}", file=sys.stderr, flush=True)
    try:
        listener.serve_forever()
    finally:
        listener.server_close()


def exit_on_signals():
    """Let the program exit, where SIGTERM would just end it.

    Only a program that exits does what was registered for that moment, and the
    provider has registered its shutdown.
    """
    for number in STOP_SIGNALS:
        signal.signal(number, exit_once)


def exit_once(*_):
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # nothing breaks off the exit
    sys.exit(0)
