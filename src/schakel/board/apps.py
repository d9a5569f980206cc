from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "schakel.board"
    label = "board"
