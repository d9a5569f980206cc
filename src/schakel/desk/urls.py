"""Addresses of the desk."""

from django.urls import include, path

from schakel.desk import calls, case, dossier_form, glass, queue

app_name = "desk"

_REQUEST = "request/<int:request_key>/"

urlpatterns = [
    path("", queue.page, name="queue"),
    path("room/", queue.room, name="room"),
    path("goto/", case.goto, name="goto"),
    path("window/", queue.window, name="window"),
    path("new/", calls.new, name="new"),
    path("ring/", calls.ring, name="ring"),
    path("claim/", calls.claim_oldest, name="claim_oldest"),
    path(_REQUEST, case.page, name="case"),
    path(_REQUEST + "state/", case.state, name="case_state"),
    path(_REQUEST + "timeline/", case.timeline, name="case_timeline"),
    path(_REQUEST + "threat/", case.threat, name="case_threat"),
    path(_REQUEST + "second/", case.second, name="case_second"),
    path(_REQUEST + "presence/", case.present, name="case_presence"),
    path(_REQUEST + "write/<slug:field>/", dossier_form.write, name="write"),
    path(_REQUEST + "ask/<slug:name>/", dossier_form.ask, name="question"),
    path(_REQUEST + "suggestion/", dossier_form.suggestion, name="suggestion"),
    path(_REQUEST + "note/", dossier_form.note, name="note"),
    path(_REQUEST + "unknown/", dossier_form.unknown_person, name="unknown_person"),
    path(_REQUEST + "professional/", dossier_form.professional, name="professional"),
    path(_REQUEST + "claim/", calls.claim, name="claim"),
    path(_REQUEST + "take-over/", calls.take_over, name="take_over"),
    path(_REQUEST + "line/", calls.line, name="line"),
    path(_REQUEST + "call-again/", case.call_again, name="call_again"),
    path(_REQUEST + "miss/", calls.miss, name="miss"),
    path(_REQUEST + "drop/", calls.drop, name="drop"),
    path(_REQUEST + "resume/", calls.resume, name="resume"),
    path(_REQUEST + "life-threat/", case.life_threat, name="life_threat"),
    path(_REQUEST + "triage/", case.triage, name="triage"),
    path(_REQUEST + "raise/", case.raise_urgency, name="raise"),
    path(_REQUEST + "lower/", case.lower_urgency, name="lower"),
    path(_REQUEST + "reassess/", case.reassess, name="reassess"),
    path(_REQUEST + "lead/offer/", case.offer_lead, name="offer_lead"),
    path(_REQUEST + "lead/accept/", case.accept_lead, name="accept_lead"),
    path(_REQUEST + "lead/decline/", case.decline_lead, name="decline_lead"),
    path(_REQUEST + "owner/offer/", case.offer_ownership, name="offer_ownership"),
    path(_REQUEST + "owner/accept/", case.accept_ownership, name="accept_ownership"),
    path(_REQUEST + "owner/decline/", case.decline_ownership, name="decline_ownership"),
    path(_REQUEST + "overflow/", case.flow_over, name="flow_over"),
    path(_REQUEST + "overflow/back/", case.flow_back, name="flow_back"),
    path(_REQUEST + "link/", case.link, name="link"),
    path(_REQUEST + "unlink/", case.unlink, name="unlink"),
    path(_REQUEST + "incident/lead/", case.lead_incident, name="lead_incident"),
    path(_REQUEST + "another/", case.another, name="another"),
    path(_REQUEST + "merge/", case.merge, name="merge"),
    path(_REQUEST + "close/", case.close, name="close"),
    path(_REQUEST + "reopen/", case.reopen, name="reopen"),
    path(_REQUEST + "glass/", glass.break_glass, name="break_glass"),
    path("", include("schakel.desk.urls_dispatch")),
]
