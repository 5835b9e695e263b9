"""Ready for the council: drafts of written questions, a motion and an agenda item, from what the portal holds."""
