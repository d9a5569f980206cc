"""Addresses of the gallery."""

from django.urls import include, path

from gallery import views
from schakel.screens import context, navigation

context.organisation_names = lambda keys: {1: "HAP Eemland"}

urlpatterns = [
    path("", views.desk, name="home"),
    path("parts/", views.parts, name="parts"),
    path("form/", views.form, name="form"),
    path("phone/", views.phone, name="phone"),
    path("wrong/<str:status>/", views.went_wrong),
    path("live/", views.live),
    path("control/", views.control),
    path("touched/", views.touched),
    path("goto/", views.goto, name="goto"),
    path("outlines.json", views.outlines),
    path("switch/", views.parts, name="switch"),
    path("account/", include("allauth.urls")),
    path("", include("schakel.screens.urls")),
]

for name, label, key in (
    ("home", "Queue", "g q"),
    ("parts", "Parts", "g p"),
    ("form", "Form", "g f"),
    ("phone", "Phone", "g h"),
):
    navigation.register(navigation.NavItem(name, label, name, key, lambda viewer: True))
navigation.register_goto("goto")
