"""Programs that run beside the API, each started by ``python -m app.jobs.<name>``."""
