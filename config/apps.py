"""The frame: settings, URLs, workers, embedded servers and the commands that run them."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
