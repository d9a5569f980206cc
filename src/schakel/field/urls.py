"""Addresses of the page in the hand."""

from django.urls import path

from schakel.field import job, views

app_name = "field"
urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("unit/<int:key>/", views.unit_part, name="unit"),
    path("unit/<int:key>/start/", views.start_shift, name="start_shift"),
    path("unit/<int:key>/end/", views.end_shift, name="end_shift"),
    path("unit/<int:key>/absent/", views.go_absent, name="go_absent"),
    path("unit/<int:key>/back/", views.come_back, name="come_back"),
    path("unit/<int:key>/position/", views.position, name="position"),
    path("job/<int:key>/", job.page, name="job"),
    path("job/<int:key>/state/", job.state, name="state"),
    path("job/<int:key>/accept/", job.accept, name="accept"),
    path("job/<int:key>/decline/", job.decline, name="decline"),
    path("job/<int:key>/report/", job.report, name="report"),
    path("job/<int:key>/correct/", job.correct, name="correct"),
    path("job/<int:key>/cancel/", job.cancel, name="cancel"),
    path("job/<int:key>/urgency/", job.raise_urgency, name="raise_urgency"),
    path("job/<int:key>/follow-up/", job.ask_follow_up, name="follow_up"),
    path("job/<int:key>/note/", job.note, name="note"),
]
