"""The caller's own tags."""

from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.api.responses import ApiResponse
from apps.api.views import StrictAPIView
from apps.ops.replica import IS_SET
from apps.tasks import replica, tags
from apps.tasks.queries import TagsQuerySerializer
from apps.tasks.serializers import TagListSerializer


class TagsView(StrictAPIView):
    serializer_class = TagListSerializer
    query_serializers = {"get": TagsQuerySerializer}
    compressed = ("get",)

    @extend_schema(
        operation_id="listTags",
        summary="List my tags",
        tags=["tasks"],
        parameters=[TagsQuerySerializer],
        responses=TagListSerializer,
        description="The tags on the caller's tasks, with on how many each is; the most used first.",
    )
    def get(self, request: Request) -> ApiResponse:
        subject, limit = self.request.user.subject, self.parameters(request)["limit"]
        if IS_SET:
            counts = replica.read(subject, partial(tags.most_used, subject, limit))
        else:
            counts = tags.most_used(subject, limit)
        return ApiResponse({"results": [{"tag": tag, "count": count} for tag, count in counts]})
