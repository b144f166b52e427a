"""URLs of the counts."""

from django.urls import path

from kuager.interfaces.desk.counts import views

urlpatterns = [
    path("", views.count_page, name="desk-counts"),
    path("table.csv", views.count_csv, name="desk-counts-csv"),
]
