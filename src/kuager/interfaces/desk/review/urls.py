"""URLs of clerical review and of link runs."""

from django.urls import path

from kuager.interfaces.desk.review import double, reviewers, runs, taken_back, views

urlpatterns = [
    path("", views.show_queue, name="desk-review"),
    path("pairs/<int:pair_id>/", views.review_pair, name="desk-review-pair"),
    path("undo/", views.undo_last, name="desk-review-undo"),
    path("finished/", views.show_finished, name="desk-review-finished"),
    path("contradictions/", views.list_contradictions, name="desk-contradictions"),
    path("reviewers/", reviewers.show_agreement, name="desk-reviewers"),
    path("taken-back/", taken_back.list_taken_back, name="desk-taken-back"),
    path("double/<int:review_id>/", double.show_review, name="desk-double-review"),
    path("double/<int:review_id>/next/", double.next_pair, name="desk-double-next"),
    path("double/pairs/<int:sampled_id>/", double.blind_pair, name="desk-blind-pair"),
    path("double/take-back/", double.take_back, name="desk-blind-take-back"),
    path("runs/<int:run_id>/double/", double.draw_sample, name="desk-run-double"),
    path("runs/", runs.list_runs, name="desk-runs"),
    path("runs/<int:run_id>/", runs.show_run, name="desk-run"),
    path("runs/<int:run_id>/progress/", runs.run_progress, name="desk-run-progress"),
    path("runs/<int:run_id>/draws/", runs.draws, name="desk-run-draws"),
    path("runs/<int:run_id>/act/<slug:name>/", runs.act, name="desk-run-act"),
    path("runs/<int:run_id>/accept/", runs.accept_links, name="desk-run-accept"),
]
