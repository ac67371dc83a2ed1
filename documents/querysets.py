from accounts.permissions import Permission
from common.querysets import ScopedQuerySet


class DocumentQuerySet(ScopedQuerySet):
    view_permission = Permission.DOCUMENT_VIEW
