"""Read models that span the apps: plain data for the pages, the PDFs and the other exports alike."""
