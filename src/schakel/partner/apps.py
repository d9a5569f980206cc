from django.apps import AppConfig


class PartnerConfig(AppConfig):
    name = "schakel.partner"
    label = "partner"
