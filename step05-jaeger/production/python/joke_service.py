"""joke-service: GET /jokes/random tells a joke."""

import os
import random

from flask import Flask, jsonify

import server
import tracing

JOKES = [
    "Why did the span miss the train? Nobody told it when to End.",
    "The timetable is eventually consistent. So is the train.",
    "Two packets wait on platform nine. The third one arrives first and says it was never lost.",
]

tracing.start("joke-service")
app = Flask(__name__)
tracing.instrument(app)


@app.route("/jokes/random")
def random_joke():
    return jsonify(value=random.choice(JOKES))


@app.route("/healthz")
def healthz():
    return "ok\n"


if __name__ == "__main__":
    server.run(app, os.environ.get("ADDR", "127.0.0.1:8081"))
