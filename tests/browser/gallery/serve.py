"""Serves the gallery on a free port of this machine, and prints which one."""

import os
import socket

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gallery.settings")


def main() -> None:
    import django

    django.setup()
    import uvicorn
    from django.contrib.auth import get_user_model
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
    from django.core.asgi import get_asgi_application
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    get_user_model().objects.create_user("fatma", password="een lang wachtwoord")
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", int(os.environ.get("GALLERY_PORT", "0"))))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    # The handler serves the static files even where DEBUG is off: this is a gallery, not a centre.
    application = ASGIStaticFilesHandler(get_asgi_application())
    config = uvicorn.Config(application, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
