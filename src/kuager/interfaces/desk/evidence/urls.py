"""URLs of evidence: what is kept, keeping, unlocking, export and fixity."""

from django.urls import path

from kuager.interfaces.desk.evidence import exporting, fixity, items, keeping, listing, receiving, unlocking

urlpatterns = [
    path("", listing.list_items, name="evidence"),
    path("unlock/", unlocking.unlock, name="evidence-unlock"),
    path("lock/", unlocking.lock, name="evidence-lock"),
    path("keep/", keeping.keep, name="evidence-keep"),
    path("keep/arrived/", keeping.keep_arrived, name="evidence-keep-arrived"),
    path("uploads/", receiving.begin, name="evidence-upload-begin"),
    path("uploads/<slug:key>/", receiving.part, name="evidence-upload"),
    path("uploads/<slug:key>/drop/", keeping.drop, name="evidence-upload-drop"),
    path("export/", exporting.export, name="evidence-export"),
    path("fixity/", fixity.fixity, name="evidence-fixity"),
    path("<int:number>/", items.show_item, name="evidence-item"),
    path("<int:number>/read/", items.read_now, name="evidence-read"),
    path("<int:number>/readers/", items.readers, name="evidence-readers"),
    path("<int:number>/readers/<int:reader_id>/end/", items.end_reading, name="evidence-reader-end"),
]
