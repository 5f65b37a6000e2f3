"""What rows does a model rest on? Counts for the model card, licences, and what is missing."""

from collections import Counter
from collections.abc import Iterable, Mapping

from planner.regression.rows.observations import ObservationTable

LICENCES: Mapping[str, str] = {
    "vtab": "Apache-2.0",
    "unimatch": "MIT",
    "mmsegmentation": "Apache-2.0",
    "tllib": "MIT-style",
    "stable-transfer": "Apache-2.0",
    "cg-transfer": "MIT text, its copyright holder not filled in",
    "tllib-ssl": "MIT-style",
    "tllib-moco": "MIT-style",
    "openselfsup": "Apache-2.0",
    "u2pl": "Apache-2.0",
    "vtab-other": "Apache-2.0",
    "simclr-v2": "Apache-2.0",
    "geo-bench": "Apache-2.0",
    **dict.fromkeys(
        (
            "gda-clip",
            "unimatch-v2",
            "simclr-medical-imaging",
            "ssl-lens",
            "few-shot-eurosat",
            "histology-benchmark",
            "caffenet-benchmark",
            "caltech-ee148-hw03",
            "plantvillage-rust",
            "my-uda-pytorch",
            "cs294-082",
            "keras-transfer-learning",
        ),
        "not known",
    ),
}
"""Licence of the source of each study's numbers; see ``data/README.md``."""

INVENTED: Mapping[str, str] = dict.fromkeys(
    ("pseudo_literature", "pseudo_client"), "none: invented"
)
"""Of the reconstructed rows behind the published regression."""

MISSING = (
    "No client projects: every row is a public benchmark.",
    "Segmentation has eleven data sets and no frozen backbone.",
    "Frozen learning curves are mostly adapters on CLIP and linear classifiers on one data set.",
    "Class shares are not recorded: complexity and the majority guess assume equal classes.",
    "No detection, no video, no depth, no text; no network larger than 144 million parameters.",
    "No transformer but DINOv2 under a segmentation head.",
    "Two VTAB results of error 0 were never entered: their logarithm is undefined.",
)
"""What the shipped rows lack."""


def data_card(table: ObservationTable) -> dict[str, dict[str, int]]:
    """Return row counts by study, task, pretraining, backbone, domain, data set and architecture.

    Returns
    -------
    dict of str to dict of str to int
        ``total`` counts rows, data sets, curves and architectures; ``points per curve`` counts
        curves by length; every other entry counts rows.
    """
    lengths = Counter(Counter(table.curve).values())
    return {
        "total": {
            "rows": len(table),
            "data sets": len(set(table.dataset)),
            "curves": len(set(table.curve)),
            "architectures": len(set(table.architecture)),
        },
        "study": _counted(table.study),
        "task": _counted("segmentation" if s else "classification" for s in table.segmentation),
        "pretrained": _counted("pretrained" if p else "from scratch" for p in table.pretrained),
        "backbone": _counted("frozen" if f else "finetuned" for f in table.frozen),
        "domain": _counted(table.domain_group),
        "points per curve": {str(length): lengths[length] for length in sorted(lengths)},
        "data set": _counted(table.dataset),
        "architecture": _counted(table.architecture),
    }


def render_data_card(card: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return the data card as lines of Markdown."""
    total, licences = card["total"], {**LICENCES, **INVENTED}
    lines = [
        (
            f"{total['rows']} rows, {total['data sets']} data sets, {total['curves']} curves, "
            f"{total['architectures']} architectures."
        ),
        "",
        "| study | rows | licence of the source |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {count} | {licences.get(name, 'your own')} |"
        for name, count in card["study"].items()
    ]
    lines.append("")
    for part in ("task", "backbone", "pretrained", "domain"):
        lines.append(f"- {part}: {_listed(card[part])}")
    lengths = card["points per curve"]
    lines.append(
        "- points per curve: "
        + ", ".join(f"{count} of {length}" for length, count in lengths.items())
    )
    lines += [
        f"- data sets: {_listed(card['data set'])}",
        f"- architectures: {_listed(card['architecture'])}",
    ]
    return lines


def _counted(labels: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(labels).items()))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
