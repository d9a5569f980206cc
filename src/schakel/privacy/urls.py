"""Addresses of this door."""

app_name = "privacy"
urlpatterns: list = []
