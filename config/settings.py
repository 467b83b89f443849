"""Django's settings: one module, production by default, fed by the environment."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy

from config.database import database_settings, databases
from config.env import load_environment
from config.keys import derived_key
from config.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = load_environment(BASE_DIR / ".env")

PORT = ENVIRONMENT.port
DRAIN_SECONDS = ENVIRONMENT.drain_seconds
WEB_CONCURRENCY = ENVIRONMENT.web_concurrency
WEB_THREADS = ENVIRONMENT.web_threads

API_NAME = "Tasks API"
API_VERSION = "0.1.0"

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
# The path below which a proxy serves all of this.
FORCE_SCRIPT_NAME = ENVIRONMENT.script_name or None
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies

INSTALLED_APPS = [
    # Before unfold, in place of whose templates some of its own stand.
    "apps.backoffice",
    # Its other configuration would put a site of its own in place of ours.
    "unfold.apps.BasicAppConfig",
    "apps.staff.apps.BackOfficeConfig",
    "unfold.contrib.filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "corsheaders",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "apps.ops",
    "apps.history",
    "apps.limits",
    "apps.idempotency",
    "apps.api",
    "apps.accounts",
    "apps.tasks",
    "apps.dashboard",
    "apps.quickstart",
    # The last: it gives roles the permissions of all others.
    "apps.staff",
]

MIDDLEWARE = [
    "apps.ops.middleware.RequestLogMiddleware",
    "apps.api.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # Before whatever may refuse a request, so that a page on another origin can read why.
    "apps.api.middleware.CrossOriginMiddleware",
    "apps.ops.middleware.AllowedHostMiddleware",
    "apps.api.middleware.TrailingSlashMiddleware",
    "axes.middleware.AxesMiddleware",
    # For pages only. They stand together: a call of the API passes by all of them in one step.
    "apps.ops.page_middleware.ContentSecurityPolicy",
    "apps.ops.page_middleware.Compression",
    "apps.ops.page_middleware.StaticFiles",
    "apps.staff.middleware.ErrorPages",
    "apps.ops.page_middleware.Sessions",
    "apps.ops.page_middleware.Common",
    "apps.ops.page_middleware.Authentication",
    "apps.history.middleware.BackOfficeHistoryMiddleware",
    "apps.backoffice.middleware.TimeZoneMiddleware",
    "apps.ops.page_middleware.Messages",
    "apps.staff.middleware.StaffMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- The database

DATABASES = databases(ENVIRONMENT.database_url, ENVIRONMENT.database_replica_url)
DATABASE_UNPOOLED = database_settings(ENVIRONMENT.database_url_unpooled) if ENVIRONMENT.database_url_unpooled else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
READY_CACHE_SECONDS = 5
# For a restart or a wake from sleep; then a 503.
DATABASE_PATIENCE_SECONDS = 5
# The server ends a statement after STATEMENT_SECONDS; where it does not even say so, we end the wait a little later.
STATEMENT_SECONDS = ENVIRONMENT.statement_seconds
STATEMENT_CUT_SECONDS = STATEMENT_SECONDS + 2
# After that no statement of the request is begun, and one under way is cut.
REQUEST_SECONDS = 2 * STATEMENT_SECONDS
HISTORY_DAYS = ENVIRONMENT.history_days

# --- People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Failures that lock for a while, at the API and at the back office: of a login from one address, of a login from all
# addresses, of an address with all logins. See apps.accounts.lockout, and the README for the figures.
AXES_HANDLER = "apps.accounts.lockout.LockoutHandler"
AXES_LOCKOUT_PARAMETERS: list[str | list[str]] = [["username", "ip_address"], "username", "ip_address"]
AXES_FAILURE_LIMIT = 10
ACCOUNT_FAILURE_LIMIT = 50
ADDRESS_FAILURE_LIMIT = 50
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Else a try now and then would keep somebody locked out for good.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "apps.accounts.managers.attempted_login"
AXES_CLIENT_IP_CALLABLE = "apps.accounts.lockout.counted_address"
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "apps.staff.errors.locked_out"
STAFF_SECOND_FACTOR = ENVIRONMENT.staff_second_factor
STAFF_IDLE_MINUTES = ENVIRONMENT.staff_idle_minutes
OTP_TOTP_ISSUER = "Tasks back office"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

BETTER_AUTH_SECRET = ENVIRONMENT.better_auth_secret
BETTER_AUTH_URL = ENVIRONMENT.better_auth_url
JWKS_URL = ENVIRONMENT.jwks_url
JWT_ISSUER = ENVIRONMENT.jwt_issuer
JWT_AUDIENCE = ENVIRONMENT.jwt_audience
JWT_LEEWAY_SECONDS = 10

# Tokens of local accounts. HS512 tells them from the shared secret's HS256, so that `alg` alone chooses the key.
SIMPLE_JWT: dict[str, Any] = {
    "ALGORITHM": "HS512",
    "SIGNING_KEY": derived_key(SECRET_KEY, "tokens of local accounts"),
    "ISSUER": "urn:tasks-backend:local",
    "AUDIENCE": "urn:tasks-backend:api",
    "LEEWAY": JWT_LEEWAY_SECONDS,
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
    "USER_ID_FIELD": "subject",
    "USER_ID_CLAIM": "sub",
}

# --- The API

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["apps.api.throttling.PersonThrottle"],
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.api.negotiation.PlainNegotiation",
    "DEFAULT_RENDERER_CLASSES": ["apps.api.renderers.FastJSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "apps.api.schema.ProblemAutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "apps.api.handler.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "apps.api.handler.ProblemFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
    # Field names are put into JSON pointers, and a field may have a dot in its name.
    "NESTED_FIELD_SEPARATOR": "\x1f",
}
API_RATE_LIMIT = ENVIRONMENT.api_rate_limit
# Bad tokens of one address, after which it has to wait; off with API_RATE_LIMIT.
ADDRESS_REFUSAL_LIMIT = "60/min"
CACHE_URL = ENVIRONMENT.cache_url
# Of an Authorization header.
API_TOKEN_LIMIT_BYTES = 16 * 1024
API_BODY_LIMIT_BYTES = 64 * 1024
API_BULK_BODY_LIMIT_BYTES = 1024 * 1024
# Signs the cursors of pages and feeds.
CURSOR_KEY = derived_key(SECRET_KEY, "cursors").encode()
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": API_NAME,
    "VERSION": API_VERSION,
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": (
        "Each person's tasks, and never anyone else's: another person's is a 404, the same as one that never was.\n\n"
        "JSON in, JSON out. Paths have no trailing slash; one with a slash works as well. A field that only the server"
        " sets is left out or, on PUT and PATCH, sent back unchanged; an unknown field or query parameter is a 422 that"
        " names it. PUT and PATCH both change only the fields that the body names. Errors are problem documents"
        " (RFC 9457): `type` and `code` are for programs and stay stable. Every answer bears `X-Request-ID`."
    ),
    "SERVERS": [{"url": ENVIRONMENT.script_name or "/", "description": "This server"}],
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.api.schema_hooks.add_service_paths",
        "apps.api.schema_hooks.complete",
    ],
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "displayRequestDuration": True},
    "COMPONENT_SPLIT_REQUEST": True,
    # PUT and PATCH take the same body.
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SCHEMA_PATH_PREFIX": "/api",
    "ENUM_NAME_OVERRIDES": {
        "TaskStatus": "apps.tasks.models.Status.choices",
        "TaskPriority": "apps.tasks.serializers.PRIORITIES",
    },
    "TAGS": [
        {"name": "tasks", "description": "The caller's own tasks."},
        {"name": "trash", "description": "What the caller has deleted, for 30 days."},
        {"name": "auth", "description": "Local accounts, and who the caller is."},
        {"name": "service", "description": "How the service is."},
    ],
}

# --- Browsers

CORS_ALLOWED_ORIGINS = ENVIRONMENT.cors_allowed_origins
CORS_ALLOW_CREDENTIALS = True
# The back office is never read across origins: it goes by a cookie.
CORS_URLS_REGEX = r"^/(api/|openapi\.json|health|ready|$)"
CORS_EXPOSE_HEADERS = [
    "Deprecation",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "WWW-Authenticate",
    "X-Request-ID",
]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    # Set by tracing libraries on each request: W3C Trace Context, W3C Baggage, Sentry.
    "baggage",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "sentry-trace",
    "traceparent",
    "tracestate",
    "x-request-id",
    *(name.lower() for name in ENVIRONMENT.cors_allowed_headers),
]
CORS_PREFLIGHT_MAX_AGE = 7200
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.csrf_trusted_origins

HTTPS = ENVIRONMENT.https
SECURE_SSL_REDIRECT = HTTPS
# A probe comes over plain HTTP, from inside.
SECURE_REDIRECT_EXEMPT = [rf"^{re.escape((ENVIRONMENT.script_name + '/').lstrip('/'))}(health|ready)/?$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "apps.staff.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
# Of each page; ContentSecurityPolicy in apps.ops.page_middleware says what the back office has besides.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Swagger UI, Redoc and the back office's theme set styles from their scripts.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        # Redoc searches in a worker that it makes of its own code.
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Files, language, time, logs

STATIC_URL = f"{ENVIRONMENT.script_name}/static/"
# All static files come out of installed packages: served from there, a deployment needs no collecting step.
WHITENOISE_USE_FINDERS = True
# What browsers and robots ask for at the root of a site.
WHITENOISE_ROOT = BASE_DIR / "apps" / "api" / "root"
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

LOGGING = logging_settings(ENVIRONMENT.log_level, ENVIRONMENT.log_format)

# --- The back office


def _navigation(title: str, icon: str, app: str, model: str) -> dict[str, Any]:
    """An entry of the sidebar, for those who may see its list."""
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{model}"),
    }


UNFOLD = {
    "SITE_TITLE": "Tasks back office",
    "SITE_HEADER": "Tasks",
    "SITE_SUBHEADER": "Back office",
    "SITE_SYMBOL": "task_alt",
    "SITE_URL": reverse_lazy("docs"),
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "ACCOUNT": {"navigation": [{"title": "Your sign-in", "link": reverse_lazy("admin:security")}]},
    "DASHBOARD_CALLBACK": "apps.dashboard.front_page.context",
    "COMMAND": {"search_models": True, "show_history": True},
    "STYLES": [lambda request: static("backoffice/office.css")],
    "SCRIPTS": [
        lambda request: static("backoffice/zone.js"),
        lambda request: static("backoffice/labels.js"),
    ],
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": [
            {
                "items": [
                    _navigation("People", "group", "accounts", "user"),
                    _navigation("Tasks", "task_alt", "tasks", "task"),
                    _navigation("Refusals at the door", "block", "accounts", "refusal"),
                    _navigation("History", "history", "history", "change"),
                    _navigation("Actions of staff", "checklist", "admin", "logentry"),
                    _navigation("Groups of staff", "badge", "auth", "group"),
                ]
            }
        ],
    },
}
