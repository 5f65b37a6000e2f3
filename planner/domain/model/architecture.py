"""An architecture of the catalogue: its size, its arithmetic and what it was built for."""

import re
from dataclasses import dataclass

from planner.domain.vocabulary import Task

ANY_TASK = "backbone"
"""Task of a network that takes a head for any."""


def match_key(name: str) -> str:
    """Return a name as it is matched: case, spaces, hyphens and underscores do not count.

    Examples
    --------
    >>> match_key("EfficientNet-B0") == match_key("efficientnet b0")
    True
    """
    return re.sub(r"[\s_\-‐-―]+", "", name).casefold()


@dataclass(frozen=True)
class Architecture:
    """One network design.

    Attributes
    ----------
    name : str
        As printed.
    aliases : tuple of str
        Other names accepted for it.
    family : str
        Designs that share a recipe; lends its utilisation where none was measured.
    task : str
        What it was built for, as in the table: ``classification``, ``segmentation``, …
    in_paper_list : bool
        Named in Thompson et al. (AAAI/IAAI 2024).
    parameters : int or None
        Trainable parameters.
    forward_gmacs : float or None
        Billions of multiply-accumulates for one image at ``input_px``; one is 2 FLOP.
    input_px : int or None
        Side of the input image in pixels.
    imagenet_top1 : float or None
        Share of ImageNet validation images classified rightly, 0 to 1.
    licence : str
        Of the named implementation; empty if unknown.
    source : str
        Where the numbers come from.
    pretraining : str
        Images the weights behind ``imagenet_top1`` were trained on, such as ``imagenet-1k``.
    pretraining_images : float or None
        Size of the largest set the weights were learnt on; None if unknown.
    self_supervised : bool or None
        Whether they were learnt without class labels; None if unknown.
    weights_recipe : str
        Whose weights they are where that matters: top-1 is comparable within a recipe only.
    stated : bool
        A portfolio states it; the tables lack it.
    """

    name: str
    aliases: tuple[str, ...] = ()
    family: str = ""
    task: str = Task.CLASSIFICATION
    in_paper_list: bool = False
    parameters: int | None = None
    forward_gmacs: float | None = None
    input_px: int | None = None
    imagenet_top1: float | None = None
    licence: str = ""
    source: str = ""
    pretraining: str = ""
    weights_recipe: str = ""
    pretraining_images: float | None = None
    self_supervised: bool | None = False
    stated: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Every spelling under which the architecture is found."""
        return tuple(match_key(name) for name in (self.name, *self.aliases))
