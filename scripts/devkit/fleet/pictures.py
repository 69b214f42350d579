"""Pictures of the demo's products, drawn here: as many as the demo data names, under those names."""

from pathlib import Path

from PIL import Image, ImageDraw

SIZE = (480, 360)
WALL, FLOOR, STEEL, GLASS, SHADE = "#dfe9ef", "#c3d2db", "#f7fafb", "#a9d3e6", "#3d5566"
RED, GREEN, AMBER = "#c8453b", "#3f8f5b", "#dfa13a"
Box = tuple[int, int, int, int]
Pen = ImageDraw.ImageDraw


def put(folder: Path) -> None:
    """Draw those that are missing into the folder of the store of pictures."""
    for name, draw in DRAWINGS.items():
        file = folder / "produtos" / name
        if file.exists():
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.new("RGB", SIZE, WALL)
        pen = ImageDraw.Draw(picture)
        pen.rectangle((0, 290, *SIZE), fill=FLOOR)
        draw(pen)
        picture.save(file, "JPEG", quality=85)


def fridge(pen: Pen) -> None:
    """Tall, with a glass door."""
    _case(pen, (160, 30, 320, 310))
    _shelves(pen, (178, 62, 302, 290), 4)
    pen.rectangle((306, 150, 312, 210), fill=SHADE)


def open_fridge(pen: Pen) -> None:
    """The same with its door open."""
    _case(pen, (110, 30, 270, 310))
    _shelves(pen, (128, 62, 252, 290), 4)
    pen.polygon([(270, 30), (360, 60), (360, 330), (270, 310)], fill=GLASS, outline=SHADE, width=3)


def display(pen: Pen) -> None:
    """A counter with a window, and a camera above it."""
    _case(pen, (90, 130, 390, 310))
    _shelves(pen, (108, 148, 372, 250), 2)
    pen.rounded_rectangle((210, 60, 270, 95), 6, fill=SHADE)
    pen.ellipse((230, 67, 250, 87), fill=GLASS)
    pen.line((240, 95, 240, 130), fill=SHADE, width=4)


def chest(pen: Pen) -> None:
    """Low, with sliding lids."""
    _case(pen, (80, 180, 400, 310))
    for left in (95, 245):
        pen.rectangle((left, 165, left + 140, 185), fill=GLASS, outline=SHADE, width=3)


def van(pen: Pen) -> None:
    """From the side."""
    pen.rounded_rectangle((70, 100, 310, 270), 10, fill=STEEL, outline=SHADE, width=4)
    pen.polygon(
        [(310, 140), (370, 140), (415, 205), (415, 270), (310, 270)], fill=RED, outline=SHADE, width=4
    )
    pen.polygon([(325, 155), (362, 155), (393, 205), (325, 205)], fill=GLASS, outline=SHADE, width=3)
    pen.rectangle((90, 175, 290, 190), fill=RED)
    for middle in (130, 350):
        pen.ellipse((middle - 34, 240, middle + 34, 308), fill=SHADE)
        pen.ellipse((middle - 14, 260, middle + 14, 288), fill=STEEL)


def _case(pen: Pen, box: Box) -> None:
    pen.rounded_rectangle(box, 10, fill=STEEL, outline=SHADE, width=4)


def _shelves(pen: Pen, box: Box, count: int) -> None:
    """Cans on shelves behind glass."""
    left, top, right, bottom = box
    pen.rectangle(box, fill=GLASS, outline=SHADE, width=3)
    height = (bottom - top) // count
    for shelf in range(count):
        base = top + (shelf + 1) * height - 3
        pen.line((left, base, right, base), fill=SHADE, width=3)
        for place, x in enumerate(range(left + 10, right - 18, 22)):
            colour = (RED, GREEN, AMBER)[(place + shelf) % 3]
            pen.rounded_rectangle((x, base - min(34, height - 10), x + 16, base - 3), 3, fill=colour)


# By the name of the file, as in supabase/seed.sql and scene.sql (a test compares them).
DRAWINGS = {
    "1-1.jpg": fridge,
    "1-2.jpg": open_fridge,
    "2-1.jpg": display,
    "3-1.jpg": chest,
    "4-1.jpg": van,
    "5-1.jpg": van,
}
