from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "schakel.desk"
    label = "desk"
