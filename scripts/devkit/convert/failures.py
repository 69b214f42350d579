"""What the database refuses or breaks off, in words: what it means for a conversion, and what to do."""

import psycopg2

AGAIN = "Nothing is lost: run this again, and it goes on where it ended."
LOST = f"The connection to the database was lost. {AGAIN}"
_LOST = ("08", "57P")  # connection exceptions; shutdown and crash of the server
_PASSING = (*_LOST, "40", "55P03")  # and deadlocks, serialization failures, waits for locks
# By beginning of the SQLSTATE.
_REMEDIES = {
    "53100": f"The disk of the database is full. Make room there, or give it a larger one. {AGAIN}",
    "25006": "The database takes no writes for now: a hosted project does so when its disk is nearly full, "
    f"and a standby always does. {AGAIN}",
    "25P03": "The command was stopped while it held locks that others wait for, so the database ended its "
    "session. Nothing was changed: run this again.",
    "53": f"The database has too little memory or too many connections. {AGAIN}",
    **dict.fromkeys(_LOST, LOST),
}


def in_words(error: psycopg2.Error) -> str:
    """What the database says, and what to do where that is known."""
    said = str(error).strip() or "no answer"
    if not error.pgcode and is_passing(error):
        return f"{LOST} ({said})"
    found = [words for code, words in _REMEDIES.items() if (error.pgcode or "").startswith(code)]
    return f"{found[0]} ({said})" if found else f"The database refused: {said}"


def is_passing(error: psycopg2.Error) -> bool:
    """Whether the same may succeed in a moment: the connection was lost, or others were in the way."""
    if not error.pgcode:
        return isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)
    return error.pgcode.startswith(_PASSING)
