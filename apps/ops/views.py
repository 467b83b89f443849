"""What a load balancer asks: plain Django, so that nothing of the API can stand in its way."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from apps.ops import faults
from apps.ops.readiness import readiness


@csrf_exempt
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The process lives, and whether it is about to end. Touches no database."""
    status = "leaving" if readiness.is_leaving else "ok"
    return JsonResponse({"status": status, "timestamp": timezone.now()})


@csrf_exempt
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers; else 503."""
    if readiness.database_answers():
        return JsonResponse({"status": "ready"})
    return HttpResponse(status=503, headers={"Retry-After": str(faults.RETRY_AFTER_SECONDS)})
