"""URLs of the publication desk."""

from django.urls import path

from kuager.interfaces.desk.publications import views

urlpatterns = [
    path("", views.snapshot_list, name="desk-publication"),
    path("build/", views.build, name="desk-snapshot-build"),
    path("redact/", views.redact, name="desk-redact"),
    path("<int:number>/", views.snapshot, name="desk-snapshot"),
    path("<int:number>/publish/", views.publish, name="desk-snapshot-publish"),
    path("<int:number>/withdraw/", views.withdraw, name="desk-snapshot-withdraw"),
]
