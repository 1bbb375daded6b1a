"""user-service: GET /fetch-external passes a joke on, GET /compute adds up squares."""

import os

import requests
from flask import Flask, jsonify, request
from opentelemetry import trace

import server
import tracing

JOKE_URL = os.environ.get("JOKE_URL", "http://127.0.0.1:8081/jokes/random")

tracing.start("user-service")
app = Flask(__name__)
tracing.instrument(app)
tracer = trace.get_tracer("compute")


@app.route("/fetch-external")
def fetch_external():
    answer = requests.get(JOKE_URL, timeout=5)
    return jsonify(joke=answer.json()["value"])


@app.route("/compute")
def compute():
    n = int(request.args.get("n", "1000"))
    with tracer.start_as_current_span("heavy-computation") as span:
        span.set_attribute("input.size", n)
        total = sum(i * i for i in range(n))
        span.add_event("computed-sum", {"value": total})
    return jsonify(sum=total)


@app.route("/healthz")
def healthz():
    return "ok\n"


if __name__ == "__main__":
    server.run(app, os.environ.get("ADDR", "127.0.0.1:8080"))
