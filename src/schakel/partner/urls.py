"""Addresses of this door."""

app_name = "partner"
urlpatterns: list = []
