"""Addresses of the privacy officer's screens."""

from django.urls import path

from schakel.privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.log, name="log"),
    path("request/<int:request_number>/log.csv", views.request_csv, name="request_csv"),
    path("glass/", views.glass, name="glass"),
    path("glass/<int:pk>/", views.review, name="review"),
    path("patterns/", views.patterns, name="patterns"),
]
