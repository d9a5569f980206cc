from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "schakel.field"
    label = "field"
