"""The application factory: one app from a ground and a list of features."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.foundation import i18n, web
from portal.foundation.files import resources
from portal.foundation.ground import Ground
from portal.foundation.limits import limiter
from portal.foundation.sessions import StaffSessions
from portal.house import switches
from portal.people import access, parts, refusals
from portal.people.rules.roles import Register
from portal.shell import static_files
from portal.shell.features import Feature
from portal.shell.navigation import FEATURES, navigation_values

MAX_BODY = 16 * 1024 * 1024


def build_app(ground: Ground, features: Sequence[Feature]) -> Flask:
    """Make the app; touches no table and no network."""
    app = Flask("soundings", template_folder=str(resources("templates")), static_folder=str(resources("static")))
    app.session_interface = StaffSessions()
    _configure(app, ground)
    web.install(app, ground)
    i18n.install(app, i18n.PreferredLanguage())
    refusals.install(app)
    access.install(app, Register.of(permission for feature in features for permission in feature.permissions))
    limiter.init_app(app)
    Compress(app)
    app.extensions[FEATURES] = tuple(features)
    app.extensions[parts.REGISTER] = tuple(part for feature in features for part in feature.customer_parts)
    app.context_processor(navigation_values)
    for feature in features:
        for blueprint in feature.blueprints:
            app.register_blueprint(blueprint)
        if feature.setup:
            feature.setup(app, ground)
    switches.install(app, ground)
    _wrap(app, ground)
    return app


def _configure(app: Flask, ground: Ground) -> None:
    settings = ground.settings
    app.config.update(
        SECRET_KEY=ground.keys.session,
        ZONE=settings.zone,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="__Host-soundings" if settings.secure_cookies else "soundings",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours or 720),  # the session's row ends it before that
        TRUSTED_HOSTS=[name.strip() for name in settings.trusted_hosts.split(",") if name.strip()] or None,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it is bound to
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_MIMETYPES=["text/html", "application/json", "image/svg+xml"],
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _wrap(app: Flask, ground: Ground) -> None:
    if ground.settings.trusted_proxies:
        hops = ground.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    static_files.install(app, static_files.cache_folder(ground.settings.data_dir), https=ground.settings.secure_cookies)
