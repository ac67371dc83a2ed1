"""Static files under names that carry their hash."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = (
    r"""(?P<matched>import(?P<import>[^;"']*)from\s*["'](?P<url>\./[^"']+)["'];)""",
    'import%(import)sfrom "%(url)s";',
)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also follows the imports between our own scripts: only hashed names are kept, so a plain one leads nowhere.

    Django's switch for this reads every package's scripts, and some of those name modules they do not bring along.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORT,)))
