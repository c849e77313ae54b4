"""Telemetry over MQTT, with a real broker."""
