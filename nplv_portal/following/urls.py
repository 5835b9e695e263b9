from django.urls import path

from nplv_portal.following import views

urlpatterns = [
    path("volgen/", views.following, name="following"),
    path("volgen/alles.atom", views.feed_all, name="feed_all"),
    path("volgen/gemeente/<slug:slug>.atom", views.feed_municipality, name="feed_municipality"),
    path("volgen/gemeente/<slug:slug>.ics", views.calendar, name="calendar"),
    path("volgen/rol/<slug:slug>.atom", views.feed_role, name="feed_role"),
    path("volgen/aanbeveling/<slug:slug>.atom", views.feed_recommendation, name="feed_recommendation"),
]
