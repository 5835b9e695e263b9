from django.urls import path

from nplv_portal.clerks import reuse_views, views

urlpatterns = [
    path("griffie/", views.desk, name="clerks"),
    path("griffie/bewijs/<int:pk>/", views.evidence, name="evidence"),
    path("griffie/stap/<int:pk>/verbeter/", views.correct, name="correct_step"),
    path("griffie/stap/<int:pk>/vervalt/", views.withdraw, name="withdraw_step"),
    path("griffie/<slug:municipality>/reglement-van-orde/", views.rules_of_order, name="rules_of_order"),
    path("griffie/overgenomen/<int:pk>/verbeter/", reuse_views.correct_reuse, name="correct_reuse"),
    path("griffie/overgenomen/<int:pk>/vervalt/", reuse_views.withdraw_reuse, name="withdraw_reuse"),
    path("griffie/overgenomen/<slug:municipality>/", reuse_views.reuses, name="reuses"),
    path("griffie/overgenomen/<slug:municipality>/noteer/", reuse_views.reuse, name="reuse"),
    path("griffie/<slug:municipality>/<slug:recommendation>/", views.followed, name="followed"),
    path("griffie/<slug:municipality>/<slug:recommendation>/afsluiten/", views.confirm, name="confirm_closing"),
    path("griffie/<slug:municipality>/<slug:recommendation>/<slug:step>/", views.step, name="step"),
]
