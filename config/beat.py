"""The scheduler that starts periodic work, and says each second that it lives."""

from celery.beat import PersistentScheduler

from config.health import heartbeat


class HeartbeatScheduler(PersistentScheduler):
    """Needs CELERY_BEAT_MAX_LOOP_INTERVAL at a second, or it sleeps past its own heartbeat."""

    def tick(self, *args, **kwargs):
        heartbeat.mark(heartbeat.BEAT)
        return super().tick(*args, **kwargs)

    def close(self):
        heartbeat.clear(heartbeat.BEAT)
        super().close()
