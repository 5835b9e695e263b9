"""Dossiers: what a clerk takes to a meeting, to a new council or into the archive, made by the worker and kept."""
