from django.urls import path

from nplv_portal.clerks import views

urlpatterns = [
    path("griffie/", views.desk, name="clerks"),
    path("griffie/bewijs/<int:pk>/", views.evidence, name="evidence"),
    path("griffie/stap/<int:pk>/verbeter/", views.correct, name="correct_step"),
    path("griffie/stap/<int:pk>/vervalt/", views.withdraw, name="withdraw_step"),
    path("griffie/<slug:municipality>/reglement-van-orde/", views.rules_of_order, name="rules_of_order"),
    path("griffie/<slug:municipality>/<slug:recommendation>/", views.followed, name="followed"),
    path("griffie/<slug:municipality>/<slug:recommendation>/afsluiten/", views.confirm, name="confirm_closing"),
    path("griffie/<slug:municipality>/<slug:recommendation>/<slug:step>/", views.step, name="step"),
]
