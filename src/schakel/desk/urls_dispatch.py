"""Addresses of dispatch, follow-up and hand-over."""

from django.urls import path

from schakel.desk import candidates_view, dispatch, follow_ups, handover

urlpatterns = [
    path("dispatch/", dispatch.page, name="dispatch"),
    path("request/<int:request_key>/candidates/", candidates_view.page, name="candidates"),
    path("request/<int:request_key>/candidates/care/", candidates_view.choose, name="candidates_care"),
    path("request/<int:request_key>/candidates/offer/", candidates_view.offer, name="offer"),
    path("request/<int:request_key>/candidates/take/", candidates_view.take, name="take"),
    path("request/<int:request_key>/deployments/", dispatch.of_request, name="case_deployments"),
    path("deployment/<int:deployment>/accept/", dispatch.accept, name="deployment_accept"),
    path("deployment/<int:deployment>/decline/", dispatch.decline, name="deployment_decline"),
    path("deployment/<int:deployment>/withdraw/", dispatch.withdraw, name="deployment_withdraw"),
    path("deployment/<int:deployment>/report/", dispatch.report, name="deployment_report"),
    path("deployment/<int:deployment>/correct/", dispatch.correct, name="deployment_correct"),
    path("deployment/<int:deployment>/cancel/", dispatch.cancel, name="deployment_cancel"),
    path("follow-ups/answers/", follow_ups.answered, name="answers"),
    path("follow-ups/", follow_ups.page, name="follow_ups"),
    path("request/<int:request_key>/follow-ups/", follow_ups.of_request, name="case_follow_ups"),
    path("request/<int:request_key>/follow-ups/ask/", follow_ups.ask, name="follow_up_ask"),
    path("follow-up/<int:follow_up>/offer/", follow_ups.offer, name="follow_up_offer"),
    path("follow-up/<int:follow_up>/accept/", follow_ups.accept, name="follow_up_accept"),
    path("follow-up/<int:follow_up>/decline/", follow_ups.decline, name="follow_up_decline"),
    path("follow-up/<int:follow_up>/withdraw/", follow_ups.withdraw, name="follow_up_withdraw"),
    path("follow-up/<int:follow_up>/finish/", follow_ups.finish, name="follow_up_finish"),
    path("follow-up/<int:follow_up>/cancel/", follow_ups.cancel, name="follow_up_cancel"),
    path("handover/", handover.page, name="handover"),
    path("handover/give/", handover.give, name="handover_give"),
    path("handover/<int:handover_key>/", handover.sheet, name="handover_sheet"),
    path("handover/<int:handover_key>/take/", handover.take, name="handover_take"),
]
