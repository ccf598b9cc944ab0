"""The pages of staff: FastAPI, Jinja and htmx, mounted at /console."""
