from django.urls import path

from nplv_portal.checking import views

urlpatterns = [
    path("controle/", views.checking, name="checking"),
    path("controle/bestand/", views.check_file, name="check_file"),
    path("controle/<str:code>/", views.copy, name="copy"),
]
