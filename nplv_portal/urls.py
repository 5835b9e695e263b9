from django.urls import path

from findings import views as findings

urlpatterns = [
    path("vergelijking/", findings.matrix, name="matrix"),
    path("vergelijking.<str:format>", findings.matrix, name="matrix_download"),
    path("vergelijking/<slug:slug>/", findings.matrix, name="aspect"),
    path("bevindingen/<slug:slug>/", findings.matrix, name="finding"),
    path("gemeenten/<slug:slug>/", findings.matrix, name="municipality"),
]
