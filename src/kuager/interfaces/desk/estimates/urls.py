"""URLs of overlap and estimates."""

from django.urls import path

from kuager.interfaces.desk.estimates import complaints, downloads, pictures, runs, views

urlpatterns = [
    path("", views.list_estimates, name="desk-estimates"),
    path("overlap/", views.show_overlap, name="desk-overlap"),
    path("overlap/picture.svg", views.draw_overlap, name="desk-overlap-picture"),
    path("complaints/", complaints.show_reported_share, name="desk-reported-share"),
    path("lists/<int:list_id>/", views.declare_limits, name="desk-list-limits"),
    path("<int:estimate_id>/", runs.show, name="desk-estimate"),
    path("<int:estimate_id>/progress/", runs.progress, name="desk-estimate-progress"),
    path("<int:estimate_id>/publish/<slug:method>/", runs.choose, name="desk-estimate-choose"),
    path("<int:estimate_id>/do-not-publish/", runs.drop, name="desk-estimate-drop"),
    path("<int:estimate_id>/pictures/<slug:key>.svg", pictures.draw, name="desk-estimate-picture"),
    path(
        "<int:estimate_id>/pictures/<slug:key>/<slug:method>.svg",
        pictures.draw_draws,
        name="desk-estimate-draws-picture",
    ),
    path("<int:estimate_id>/files/estimate.json", downloads.everything, name="desk-estimate-json"),
    path("<int:estimate_id>/files/<slug:table>.csv", downloads.table, name="desk-estimate-csv"),
    path("<int:estimate_id>/<slug:name>/", runs.act, name="desk-estimate-act"),
]
