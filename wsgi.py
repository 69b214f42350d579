"""What a WSGI server loads: gunicorn wsgi:app."""

from app import create_app, logs
from app.settings import Settings

settings = Settings.from_env()
logs.configure(settings.log_level)
app = create_app(settings)
