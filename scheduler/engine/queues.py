"""The product's queues: tables whose rows wait for a job."""

from portal.foundation.i18n import _l
from portal.foundation.jobs import Queue
from scheduler.engine import watching_store as store

QUEUES = (
    Queue("candidates", _l("Candidates to be decided"), store.candidates),
    Queue("messages", _l("Messages to be sent"), store.messages),
    Queue("in_flight", _l("Messages being sent"), store.in_flight),
    Queue("answers_to_count", _l("Answers to be counted"), store.to_count),
    Queue("answers_to_follow_up", _l("Answers to be followed up"), store.to_follow_up),
    Queue("misfits", _l("Events that do not fit"), store.misfits),
)
