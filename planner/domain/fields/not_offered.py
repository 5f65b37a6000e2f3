"""What people ask for that is no slip of the pen: other measures, other tasks, other data.

Each is answered with what is supported instead, so that no nearest name changes the meaning.
"""

import re

__all__ = ["not_offered", "other_task"]

_MEASURES = re.compile(
    r"(?:target|min|max|goal)?_?(?:m?ap|map_?\d*|ap_?\d*|mean_average_precision|precision|recall|"
    r"sensitivity|specificity|f1|f_?score|f1_score|auc|auroc|auprc|roc_auc|dice|pq|panoptic_quality|"
    r"top_?5|accuracy_?top_?5|top_?5_accuracy|kappa|mae|mse|rmse|r2|loss|cross_entropy|log_?loss|"
    r"balanced_accuracy|wer|bleu|perplexity|ssim|psnr|fid|pck|oks|mota|idf1)",
    re.IGNORECASE,
)
_MEASURED = (
    "is another measure than the models know: accuracy or error of classification, mean IoU of "
    "segmentation."
)
_TARGETS = "target_accuracy: 94%, target_error: 6%, or target_iou: 0.80 with task: segmentation"
_DATA = "every project is of labelled images; text, tables and sound are not forecast."
_TASKS = {
    **dict.fromkeys(
        ("detection", "object_detection", "localisation", "localization", "keypoints", "pose",
         "pose_estimation", "tracking", "counting", "regression", "depth", "ocr", "retrieval",
         "captioning", "generation", "anomaly_detection", "reidentification", "super_resolution",
         "instance_segmentation", "panoptic_segmentation", "multilabel",
         "multi_label_classification"),
        "",
    ),
    "semantic_segmentation": "segmentation",
    **dict.fromkeys(
        ("image_classification", "classify", "binary_classification", "multiclass",
         "multiclass_classification"),
        "classification",
    ),
}  # fmt: skip


def not_offered(field: str) -> tuple[str, str] | None:
    """Return message and fix for an unknown field that asks for something else; None for others.

    Examples
    --------
    >>> not_offered("target_map")[0]
    'target_map is another measure than the models know: accuracy or error of classification, ...'
    >>> not_offered("target_acuracy") is None
    True
    """
    if _MEASURES.fullmatch(field):
        return f"{field} {_MEASURED}", _TARGETS
    if field in ("domain", "modality"):
        return f"unknown field: {_DATA}", "take the line out"
    return None


def other_task(task: str) -> str | None:
    """Return the task to write for one of another name, "" if none stands for it; None if unknown.

    Examples
    --------
    >>> other_task("detection"), other_task("semantic segmentation"), other_task("clasification")
    ('', 'segmentation', None)
    """
    return _TASKS.get(re.sub(r"[\s-]+", "_", task.strip().casefold()))
