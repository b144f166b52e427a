"""URLs of bundles: which there are, what is in one, keeping files of it."""

from django.urls import path

from kuager.interfaces.desk.evidence_captures import importing

urlpatterns = [
    path("import/", importing.list_bundles, name="evidence-import"),
    path("<int:number>/import/", importing.look_into, name="evidence-import-item"),
]
