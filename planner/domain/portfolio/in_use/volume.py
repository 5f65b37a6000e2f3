"""How many images does a system see in use? What counts them asks for their number."""

from planner.domain.fields.declared import Part

__all__ = ["use_says_how_much"]


def use_says_how_much(part: Part) -> None:
    """Report what is counted by the images of a year where their number is not given."""
    use = part.values.get("use")
    if ("use" in part.given and use is None) or (
        use is not None and use.images_per_year is not None
    ):
        return
    for name in ("inference", "today"):
        found = part.values.get(name)
        if found is not None and not (name == "inference" and found.is_floor_alone):
            message = f"{name} counts the images of a year, so it needs use.images_per_year."
            part.wrong(name, message, "use: {images_per_year: 100k}", "MISSING", at_key=True)
    if any(one.price_per_1000 is not None for one in part.values.get("alternatives") or ()):
        message = "a price per 1,000 counts the images of a year: it needs use.images_per_year."
        fix = "use: {images_per_year: 100k}"
        part.wrong("alternatives", message, fix, "MISSING", at_key=True)
