"""Tracing for a service that is written with Flask and requests.

Where spans go is not written here. The OTEL_* variables say it, first of all
OTEL_EXPORTER_OTLP_ENDPOINT; by default that is localhost:4317.
"""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def start(service):
    """Register a provider. It shuts itself down when Python exits."""
    resource = Resource.create({SERVICE_NAME: service})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def instrument(app):
    """Make a server span of each request, and a client span of each by requests."""
    FlaskInstrumentor().instrument_app(app, excluded_urls="healthz")
    RequestsInstrumentor().instrument()
