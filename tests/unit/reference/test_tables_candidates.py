"""Which architectures a project may choose from."""

from dataclasses import replace

import pytest

from planner.domain.catalogue import Catalogue
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Images, Project
from planner.domain.vocabulary import Basis, Task
from planner.errors import InputError
from planner.reference.tables import candidate_warnings, candidates, load_catalogue

PAPER = Compute(basis=Basis.PAPER)


def project(*architectures: str, task: Task = Task.CLASSIFICATION) -> Project:
    return Project(
        id="a",
        task=task,
        classes=10,
        target_error=0.1,
        images=Images(limit=1000),
        architectures=architectures,
    )


def names(wanted: Project, compute: Compute = Compute()) -> list[str]:  # noqa: B008 - frozen
    return [item.name for item in candidates(wanted, load_catalogue(), compute)]


def test_named_architectures_keep_their_order_once_each() -> None:
    """What the user names is taken as named, each design once, under its catalogue name."""
    assert names(project("resnet 50", "EfficientNet_B0", "ResNet50")) == [
        "ResNet-50",
        "EfficientNet-B0",
    ]


def test_the_default_leaves_out_detectors_and_cifar_networks() -> None:
    """A classification project is offered classifiers of photographs alone, most accurate first."""
    offered = names(project())
    assert not {"YOLOv3", "ResNet-32", "Mask R-CNN", "DeepLabv3-R50"}.intersection(offered)
    top1 = [load_catalogue().architecture(name).imagenet_top1 or 0.0 for name in offered]
    assert top1 == sorted(top1, reverse=True)
    assert offered[-1] == "AlexNet"


def test_segmentation_defaults_to_semantic_networks() -> None:
    """Mean IoU is a semantic measure: instance and promptable segmentation must be named."""
    offered = names(project(task=Task.SEGMENTATION))
    assert offered == [
        *("DeepLabv3-R50", "DeepLabv3-R101", "DeepLabv3-MobileNetV3-L", "FCN-R50"),
        *("LR-ASPP-MobileNetV3-L", "U-Net (original widths)"),
    ]
    assert "SegFormer-B2" in names(project(task=Task.SEGMENTATION), PAPER)


def test_the_default_is_what_the_basis_can_price() -> None:
    """Networks without sourced operations are left out of the measured list, and named there."""
    assert "Xception" not in names(project())
    assert "Xception" in names(project(), PAPER)
    (warning,) = candidate_warnings(project(), load_catalogue(), Compute())
    assert warning.code == "ARCHITECTURES_LEFT_OUT"
    assert "Xception" in warning.message
    assert candidate_warnings(project(), load_catalogue(), PAPER) == ()


def test_naming_an_unpriceable_network_is_bad_input() -> None:
    """The measured basis refuses a network nobody counted, together with every unknown name."""
    with pytest.raises(InputError, match="forward operations of Xception") as caught:
        candidates(project("Xception", "Resnet-51"), load_catalogue(), Compute())
    assert [problem.code for problem in caught.value.problems] == [
        "ARCHITECTURE_NOT_PRICED",
        "UNKNOWN_NAME",
    ]
    assert caught.value.problems[1].field == "projects[a].architectures[1]"


@pytest.mark.parametrize(
    ("name", "task", "code", "words"),
    [
        ("YOLOv5m", Task.CLASSIFICATION, "ARCHITECTURE_DETECTOR", "object detector"),
        ("DeepLabv3-R50", Task.CLASSIFICATION, "ARCHITECTURE_TASK", "built for segmentation"),
        ("Mask R-CNN", Task.SEGMENTATION, "ARCHITECTURE_TASK", "built for instance segmentation"),
        ("ResNet-50", Task.SEGMENTATION, "ARCHITECTURE_TASK", "built for classification"),
        ("ResNet-32", Task.CLASSIFICATION, "ARCHITECTURE_TASK", "32 px"),
    ],
)
def test_a_misfit_is_accepted_with_a_warning(name: str, task: Task, code: str, words: str) -> None:
    """A named network of another kind is used as asked, and the reader is told."""
    wanted = project(name, task=task)
    assert names(wanted) == [name]
    (warning,) = candidate_warnings(wanted, load_catalogue(), Compute())
    assert (warning.code, warning.project) == (code, "a")
    assert words in warning.message


@pytest.mark.parametrize("task", list(Task))
def test_a_backbone_fits_every_task(task: Task) -> None:
    """A bare backbone takes a head for either task, so naming one warns of nothing."""
    wanted = project("DINOv2 ViT-B/14", task=task)
    assert candidate_warnings(wanted, load_catalogue(), Compute()) == ()


def test_nothing_that_fits_is_bad_input() -> None:
    """Without any fitting architecture the user is asked to name one."""
    detectors = tuple(i for i in load_catalogue().architectures if i.task == "detection")
    with pytest.raises(InputError, match="no architecture of the catalogue fits"):
        candidates(project(), replace(load_catalogue(), architectures=detectors), Compute())
    with pytest.raises(InputError, match="no architecture"):
        candidates(project(), Catalogue(), PAPER)
