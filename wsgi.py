"""What a WSGI server loads: gunicorn wsgi:app."""

from app import logs
from app.http.application import create_app
from app.settings import Settings

settings = Settings.from_env()
logs.configure(settings.log_level)
app = create_app(settings)
