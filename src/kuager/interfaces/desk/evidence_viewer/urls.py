"""URLs of looking at an item."""

from django.urls import path

from kuager.interfaces.desk.evidence_viewer import (
    looking,
    marks,
    originals,
    pictures,
    transcripts,
    verifications,
)

urlpatterns = [
    path("<int:number>/look/", looking.look, name="evidence-look"),
    path("<int:number>/show/", looking.show, name="evidence-show"),
    path("<int:number>/looks/", looking.change_looks, name="evidence-looks"),
    path("<int:number>/cover/", looking.cover, name="evidence-cover"),
    path("<int:number>/blurred/", pictures.show_cover, name="evidence-blurred"),
    path("<int:number>/frame/<int:ms>/", pictures.show_frame, name="evidence-frame"),
    path("<int:number>/page/<int:page>/", pictures.show_page, name="evidence-page"),
    path("<int:number>/original/", originals.stream_original, name="evidence-original"),
    path("<int:number>/marks/", marks.add_mark, name="evidence-marks"),
    path("<int:number>/marks/<int:mark_id>/cite/", marks.cite_mark, name="evidence-mark-cite"),
    path("<int:number>/marks/<int:mark_id>/drop/", marks.drop_mark, name="evidence-mark-drop"),
    path("<int:number>/transcripts/", transcripts.list_transcripts, name="evidence-transcripts"),
    path(
        "<int:number>/transcripts/<int:transcript_id>/<slug:form>/",
        transcripts.give_transcript,
        name="evidence-transcript",
    ),
    path("<int:number>/findings/", verifications.list_findings, name="evidence-verifications"),
    path("<int:number>/findings/new/", verifications.propose_finding, name="evidence-verification-new"),
    path(
        "<int:number>/findings/<int:verification_id>/second/",
        verifications.second_finding,
        name="evidence-verification-second",
    ),
    path(
        "<int:number>/findings/<int:verification_id>/withdraw/",
        verifications.withdraw_finding,
        name="evidence-verification-withdraw",
    ),
]
