"""Messages that no broker sent."""

from app.ingest.batch import Message
from app.ingest.envelopes import Content


def message(number: int, arrived: float = 0.0, session: int = 1, readings: int = 1) -> Message:
    content = Content([f'{{"nrSeq":{number}}}'] * readings, [], readings)
    topic = f"rastro/1/x/{number}/telem"
    return Message(number, 1, session, "telem", number, b"{}", topic, "", None, 0.0, arrived, content)
