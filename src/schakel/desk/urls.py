"""Addresses of this door."""

app_name = "desk"
urlpatterns: list = []
