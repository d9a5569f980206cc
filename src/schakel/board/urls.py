"""Addresses of this door."""

app_name = "board"
urlpatterns: list = []
