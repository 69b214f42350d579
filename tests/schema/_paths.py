"""Functions without a search_path of their own: each tool that looks for them must find exactly these."""

_INLINED = "a SET clause would keep it from being inlined; its callers have a path, its names are full"
WITHOUT_PATH = {
    "private.is_later": _INLINED,
    "private.count_items": _INLINED,
    "private.read_double": _INLINED,
    "private.read_integer": _INLINED,
    "private.is_whole_number": _INLINED,
    "private.is_not_finite": _INLINED,
    "private.read_instant": _INLINED,
    "private.shape_error": _INLINED,
    "private.read_values": _INLINED,
    "private.is_inside_geofence": _INLINED,
    "private.geocode_cell": _INLINED,
    "private.read_elements": _INLINED,
    "private.compare_values": _INLINED,
    "private.in_measuring_window": _INLINED,
    "private.is_behind_cursor": _INLINED,
    "private.summable": _INLINED,
    "private.next_day_start": _INLINED,
    "private.finite": _INLINED,
    "private.buckets": _INLINED,
    "private.axis_label": _INLINED,
    "private.unsummed_buckets": _INLINED,
    "private.bucket_minutes": _INLINED,
    "private.triangle_area": _INLINED,
    "private.run_maintenance": "a procedure with a SET clause may not commit; what it calls has one",
}
