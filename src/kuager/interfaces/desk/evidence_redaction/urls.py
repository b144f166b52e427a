"""URLs of redaction and of the release of redacted copies."""

from django.urls import path

from kuager.interfaces.desk.evidence_redaction import drawing, frames, ordering, releasing

urlpatterns = [
    path("<int:number>/redact/", drawing.redact, name="evidence-redact"),
    path("<int:number>/redact/frame/", frames.frame, name="evidence-redact-frame"),
    path("<int:number>/redact/<int:order_id>/", ordering.show_order, name="evidence-redact-order"),
    path("<int:number>/redact/<int:order_id>/state/", ordering.state, name="evidence-redact-state"),
    path("<int:number>/redact/<int:order_id>/frame/", frames.covered, name="evidence-redact-covered"),
    path("<int:number>/release/", releasing.release, name="evidence-release"),
]
