"""An audit event in the Open Cybersecurity Schema Framework 1.9: Authentication for sessions and logins, and the
classes that fit for the rest. Times are milliseconds, as OCSF wants them.

OCSF has no activity for a session that times out: it is a Logoff whose session tells why (`expiration_reason`).
"""

from typing import Any

from nightlatch.core.event_json import event_document
from nightlatch.core.events import Chained, Event, EventType
from nightlatch.core.export.meaning import meaning, reason

VERSION = "1.9.0-dev"
_MILLISECOND = 1000
_OTHER = 99

_AUTHENTICATION, _ENTITY, _FINDING, _LIFECYCLE, _APPLICATION_ERROR = 3002, 3004, 2004, 6002, 6008
_LOGON, _LOGOFF = 1, 2
_UPDATE = 3
_CREATE = 1
_GENERAL_ERROR = 1

_CLASSES = {
    "policy": _ENTITY,
    "alert": _FINDING,
    "clock": _LIFECYCLE,
    "audit": _LIFECYCLE,
    "ledger": _APPLICATION_ERROR,
}
"""By the first word of the type; what is not here is Authentication."""
_ACTIVITIES = {
    EventType.SESSION_CREATED: _LOGON,
    EventType.SESSION_ADOPTED: _LOGON,
    EventType.LOGIN_SUCCEEDED: _LOGON,
    EventType.LOGIN_FAILED: _LOGON,
    EventType.LOGIN_SILENT: _LOGON,
    EventType.SESSION_EXPIRED: _LOGOFF,
    EventType.SESSION_ENDED: _LOGOFF,
    EventType.POLICY_LOADED: _UPDATE,
    EventType.POLICY_REJECTED: _UPDATE,
    EventType.ALERT_RAISED: _CREATE,
    EventType.LEDGER_ERROR: _GENERAL_ERROR,
}
"""`activity_id`; what is not here is Other, and says so in `activity_name`."""
_STATUSES = {"success": 1, "failure": 2}


def ocsf_document(chained: Chained) -> dict[str, Any]:
    """`chained` as an OCSF event of the class that fits."""
    event = chained.event
    class_uid = _CLASSES.get(event.type.partition(".")[0], _AUTHENTICATION)
    activity = _ACTIVITIES.get(event.type, _OTHER)
    document = {
        "activity_id": activity,
        "activity_name": str(event.type),
        "category_uid": class_uid // 1000,
        "class_uid": class_uid,
        "type_uid": class_uid * 100 + activity,
        "severity_id": int(meaning(event).severity),
        "time": event.at // _MILLISECOND,
        "status_id": _STATUSES.get(meaning(event).outcome or "", 0),
        "status_detail": reason(event),
        "message": str(event.type),
        "metadata": _metadata(chained),
        "unmapped": event_document(chained),
        **_OF_CLASS[class_uid](chained),
    }
    return {name: value for name, value in document.items() if value is not None}


def _metadata(chained: Chained) -> dict[str, Any]:
    return {
        "version": VERSION,
        "product": {"name": "nightlatch", "vendor_name": "nightlatch"},
        "event_code": str(chained.event.type),
        "uid": chained.hash,
        "sequence": chained.id,
    }


def _authentication(chained: Chained) -> dict[str, Any]:
    event = chained.event
    return {
        "user": {"name": event.subject or "unknown"},
        "service": {"name": "nightlatch"},
        "session": _session(event) if event.session else None,
        "src_endpoint": {"name": event.network} if event.network else None,
    }


def _session(event: Event) -> dict[str, Any]:
    ended = event.type in (EventType.SESSION_EXPIRED, EventType.SESSION_ENDED)
    session = {
        "uid": event.session,
        "issuer": "nightlatch",
        "created_time": event.at // _MILLISECOND if event.type is EventType.SESSION_CREATED else None,
        "expiration_time": event.at // _MILLISECOND if ended else None,
        "expiration_reason": reason(event) if ended else None,
    }
    return {name: value for name, value in session.items() if value is not None}


def _entity(chained: Chained) -> dict[str, Any]:
    name = str(chained.event.detail.get("name") or "policy")
    return {"entity": {"name": name, "type": "policy", "version": chained.event.policy}}


def _finding(chained: Chained) -> dict[str, Any]:
    title = str(chained.event.detail.get("detector") or "alert")
    return {"finding_info": {"uid": chained.hash, "title": title}}


def _lifecycle(_: Chained) -> dict[str, Any]:
    return {"app": {"name": "nightlatch"}}


def _nothing_more(_: Chained) -> dict[str, Any]:
    return {}


_OF_CLASS = {
    _AUTHENTICATION: _authentication,
    _ENTITY: _entity,
    _FINDING: _finding,
    _LIFECYCLE: _lifecycle,
    _APPLICATION_ERROR: _nothing_more,
}
