"""URLs of the publication desk."""

from django.urls import path

from kuager.interfaces.desk.publications import media, views

urlpatterns = [
    path("", views.snapshot_list, name="desk-publication"),
    path("build/", views.build, name="desk-snapshot-build"),
    path("redact/", views.redact, name="desk-redact"),
    path("evidence/", media.media_list, name="desk-media"),
    path("evidence/<int:number>/publish/", media.publish_media, name="desk-media-publish"),
    path("evidence/<int:number>/take-down/", media.take_down, name="desk-media-down"),
    path("<int:number>/", views.snapshot, name="desk-snapshot"),
    path("<int:number>/publish/", views.publish, name="desk-snapshot-publish"),
    path("<int:number>/withdraw/", views.withdraw, name="desk-snapshot-withdraw"),
]
