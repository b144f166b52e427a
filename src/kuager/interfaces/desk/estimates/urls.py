"""URLs of overlap and estimates."""

from django.urls import path

from kuager.interfaces.desk.estimates import views

urlpatterns = [
    path("", views.list_estimates, name="desk-estimates"),
    path("overlap/", views.show_overlap, name="desk-overlap"),
    path("overlap/picture.svg", views.draw_overlap, name="desk-overlap-picture"),
    path("<int:estimate_id>/", views.show_estimate, name="desk-estimate"),
    path("<int:estimate_id>/picture.svg", views.draw_estimate, name="desk-estimate-picture"),
]
