"""Messages that no broker sent."""

from app.ingest.acks import Message
from app.ingest.wire import NOTHING
from app.readings.envelopes import Content
from app.readings.topics import Topic


def message(number: int, arrived: float = 0.0, session: int = 1, readings: int = 1) -> Message:
    content = Content([f'{{"nrSeq":{number}}}'] * readings, [], readings)
    place = Topic(1, number, "telem")
    topic = f"rastro/1/x/{number}/telem"
    return Message(number, 1, session, topic, place, b"{}", NOTHING, 0.0, arrived, None, content)
