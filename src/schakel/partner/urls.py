"""Addresses of the partner's own page."""

from django.urls import path

from schakel.partner import asking, detail, views

app_name = "partner"
urlpatterns = [
    path("", views.home, name="home"),
    path("place/<int:key>/", views.place, name="place"),
    path("place/<int:key>/capacity/", views.report_capacity, name="capacity"),
    path("request/<int:key>/", detail.page, name="request"),
    path("request/<int:key>/state/", detail.state, name="state"),
    path("request/<int:key>/own/", detail.accept_ownership, name="accept_ownership"),
    path("request/<int:key>/not-own/", detail.decline_ownership, name="decline_ownership"),
    path("request/<int:key>/close/", detail.close, name="close"),
    path("follow-up/<int:key>/accept/", detail.accept_follow_up, name="accept_follow_up"),
    path("follow-up/<int:key>/decline/", detail.decline_follow_up, name="decline_follow_up"),
    path("follow-up/<int:key>/done/", detail.finish_follow_up, name="finish_follow_up"),
    path("job/<int:key>/accept/", detail.accept_job, name="accept_job"),
    path("job/<int:key>/decline/", detail.decline_job, name="decline_job"),
    path("job/<int:key>/report/", detail.report, name="report"),
    path("answers/", views.answered, name="answers"),
    path("ask/", asking.ask, name="ask"),
    path("asked/<int:key>/", asking.asked, name="asked"),
]
