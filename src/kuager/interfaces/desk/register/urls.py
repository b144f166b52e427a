"""URLs of the register. A person is addressed by code; no name ever stands in an address."""

from django.urls import path

from kuager.interfaces.desk.register import assertion_views, consent_withdrawal, queue_views, views

urlpatterns = [
    path("", views.entry_list, name="desk-register"),
    path("search/", views.search, name="desk-register-search"),
    path("approvals/", queue_views.approvals, name="desk-approvals"),
    path("conflicts/", queue_views.conflicts, name="desk-conflicts"),
    path("stale/", queue_views.stale, name="desk-stale"),
    path("approvals/<int:assertion_id>/", assertion_views.decide, name="desk-decide"),
    path("records/<int:record_id>/", views.person_of_record, name="desk-record"),
    path("<slug:code>/", views.person, name="desk-person"),
    path("<slug:code>/add/", assertion_views.add, name="desk-assert"),
    path("<slug:code>/assertions/<int:assertion_id>/", assertion_views.correct, name="desk-correct"),
    path("<slug:code>/consents/<int:consent_id>/", consent_withdrawal.withdraw, name="desk-withdraw-consent"),
    path(
        "<slug:code>/judgements/<int:judgement_id>/undo/",
        assertion_views.undo_judgement,
        name="desk-undo-judgement",
    ),
]
