from django.urls import path

from nplv_portal.following import views

urlpatterns = [
    path("volgen/", views.following, name="following"),
    path("volgen/alles.atom", views.feed_all, name="feed_all"),
    path("volgen/alles.ics", views.calendar_all, name="calendar_all"),
    path("volgen/zoeken.atom", views.feed_search, name="feed_search"),
    path("volgen/gemeente/<slug:slug>.atom", views.feed_municipality, name="feed_municipality"),
    path("volgen/gemeente/<slug:slug>.ics", views.calendar, name="calendar_municipality"),
    path("volgen/rol/<slug:slug>.atom", views.feed_role, name="feed_role"),
    path("volgen/rol/<slug:slug>.ics", views.calendar_role, name="calendar_role"),
    path("volgen/aanbeveling/<slug:slug>.atom", views.feed_recommendation, name="feed_recommendation"),
    path("volgen/aanbeveling/<slug:slug>.ics", views.calendar_recommendation, name="calendar_recommendation"),
    path("volgen/per-mail/", views.follow_by_mail, name="follow_by_mail"),
    path("volgen/per-mail/gevraagd/", views.follow_asked, name="follow_asked"),
    path("volgen/per-mail/bevestig/<slug:token>/", views.confirm_following, name="confirm_following"),
    path("volgen/per-mail/beheer/<slug:token>/", views.manage_following, name="manage_following"),
    path("volgen/per-mail/stop/<slug:token>/", views.stop_following, name="stop_following"),
]
