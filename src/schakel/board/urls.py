"""Addresses of this door."""

from django.urls import path

from schakel.board import views

app_name = "board"
urlpatterns = [
    path("", views.home, name="home"),
    path("outlines.geojson", views.outlines, name="outlines"),
]
