"""URLs of copies and appearances."""

from django.urls import path

from kuager.interfaces.desk.evidence_appearances import appearances, group, suggestions

urlpatterns = [
    path("copies/", suggestions.list_suggestions, name="evidence-suggestions"),
    path("copies/<int:relation_id>/", suggestions.decide, name="evidence-relation"),
    path("copies/<int:relation_id>/show/", suggestions.show_pictures, name="evidence-relation-show"),
    path(
        "copies/<int:relation_id>/picture/<slug:side>/",
        suggestions.picture,
        name="evidence-relation-picture",
    ),
    path("<int:number>/copies/", group.show_group, name="evidence-copies"),
    path("<int:number>/appearances/", appearances.show, name="evidence-appearances"),
    path(
        "<int:number>/appearances/<int:appearance_id>/withdraw/",
        appearances.withdraw,
        name="evidence-appearance-withdraw",
    ),
]
