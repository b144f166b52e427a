"""URLs of lists and of the import of a list."""

from django.urls import path

from kuager.interfaces.desk.lists import acts, importing, reconciling, views

urlpatterns = [
    path("", views.list_lists, name="desk-lists"),
    path("import/", importing.begin, name="desk-import"),
    path("import/<str:digest>/columns/", importing.columns, name="desk-import-columns"),
    path("import/<str:digest>/check/", importing.check, name="desk-import-check"),
    path("import/<str:digest>/stage/", importing.stage, name="desk-import-stage"),
    path("reconciliation/", reconciling.reconcile_lists, name="desk-reconciliation"),
    path("reconciliation/take/", reconciling.take_reconciliation, name="desk-reconciliation-take"),
    path("only-on/", views.only_on, name="desk-only-on"),
    path("editions/<int:edition_id>/", views.show_edition, name="desk-edition"),
    path("editions/<int:edition_id>/rows/", views.show_rows, name="desk-edition-rows"),
    path("editions/<int:edition_id>/stage/", importing.stage_edition, name="desk-edition-stage"),
    path("editions/<int:edition_id>/<slug:name>/", acts.act_on_edition, name="desk-edition-act"),
    path("<int:list_id>/", views.show_list, name="desk-list"),
]
