"""Files of measured runs: what is read, what is refused with its place, what is suspected."""

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.domain.vocabulary import Backbone, Task
from planner.errors import InputError, Problem
from planner.inputs.runs.runs import RunFile, read_runs
from planner.reference.tables import load_catalogue

SHELF = Project(
    id="shelf-gaps", classes=4, target_error=0.06, images=Images(held=20_000, limit=150_000)
)
ROADS = Project(
    id="roads",
    task=Task.SEGMENTATION,
    classes=19,
    target_iou=0.8,
    images=Images(held=500, limit=60_000),
)
HEAD = "project,images,error"
ROWS = "the heading project,images,accuracy, then rows such as"

type Read = Callable[..., RunFile]
type Problems = Callable[..., list[Problem]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_text(text: str | bytes, *projects: Project) -> RunFile:
        path = tmp_path / "runs.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        portfolio = Portfolio(projects=projects or (SHELF, ROADS))
        return read_runs(path, portfolio, load_catalogue())

    return read_text


@pytest.fixture
def problems(read: Read) -> Problems:
    def problems_of(text: str | bytes, *projects: Project) -> list[Problem]:
        with pytest.raises(InputError) as caught:
            read(text, *projects)
        return list(caught.value.problems)

    return problems_of


def codes(file: RunFile) -> list[str]:
    return [warning.code for warning in file.warnings]


def places(found: list[Problem]) -> list[str]:
    return [problem.place.partition("runs.csv:")[2] for problem in found]


def test_columns_in_any_order_and_numbers_as_people_write_them(read: Read) -> None:
    """Every column is read, whatever its place and however its number is written."""
    file = read(
        "Seed,Backbone,Pretrained,Architecture,Test images,Error,Images,Project\n"
        "7,frozen,TRUE,resnet50,2k,8.1%,20k,shelf-gaps\n"
    )
    pilot = Pilot(
        images=20_000,
        error=0.081,
        test_images=2_000,
        architecture="ResNet-50",
        pretrained=True,
        backbone=Backbone.FROZEN,
        seed=7,
    )
    assert file.pilots() == {"shelf-gaps": (pilot,)}
    assert file.runs[0].line == 2


@pytest.mark.parametrize("error", ["8.1%", "8.1", "0.081", "8.1 %", '"8,1%"', '"0,081"', "81e-3"])
def test_one_error_in_its_many_spellings(read: Read, error: str) -> None:
    """Per cent, fraction, decimal comma: the same number."""
    (run,) = read(f"{HEAD}\nshelf-gaps,20k,{error}\n").runs
    assert run.pilot.error == 0.081


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_dialects_read_alike(read: Read, separator: str, newline: str, mark: str) -> None:
    """Separator, line ends, a byte-order mark and blank lines change nothing."""
    rows = [HEAD.split(","), ["shelf-gaps", "20k", "8.1%"], [], ["roads", "400", "0.4"]]
    text = mark + newline.join(separator.join(row) for row in rows)
    assert [(run.project, run.line) for run in read(text).runs] == [("shelf-gaps", 2), ("roads", 4)]


def test_a_spreadsheets_separator_line_and_empty_last_columns(read: Read) -> None:
    """What spreadsheets add is passed over."""
    file = read("sep=;\r\nproject;images;error;;\r\nshelf-gaps;20k;8,1%;;\r\n")
    assert [(run.line, run.pilot.error) for run in file.runs] == [(3, 0.081)]
    assert not [note for note in file.notes if "not used" in note]


def test_quoted_cells_keep_separators_quotes_and_lines(read: Read) -> None:
    """A project's id may hold anything; lines after it are still counted right."""
    odd = Project(id='a,"b"\nc', classes=4, target_error=0.1, images=Images(limit=100, held=50))
    text = f'{HEAD},note\n"a,""b""\nc",50,8%,"x, y"\nnope,50,8%,\n'
    with pytest.raises(InputError, match=r"runs\.csv:4:1  project"):
        read(text, odd)
    (run,) = read(text.replace("nope,50,8%,\n", ""), odd).runs
    assert run.project == odd.id


def test_further_columns_are_named(read: Read) -> None:
    """A column that is not used is not passed over in silence."""
    file = read("project,run_name,images,error,gpu\nshelf-gaps,x,20k,8%,A100\n")
    assert "Columns not used: run_name, gpu." in file.notes


def test_accuracy_and_iou_become_errors(read: Read) -> None:
    """One minus the measure, exact in decimals, and said."""
    file = read("project,images,accuracy\nshelf-gaps,20k,94%\n")
    assert file.runs[0].pilot.error == 0.06
    assert "The column accuracy is read as error = 1 − accuracy." in file.notes
    assert read("project,images,iou\nroads,400,0.63\n").runs[0].pilot.error == 0.37


def test_every_mistake_in_one_pass_with_its_place(problems: Problems) -> None:
    """Lines and columns, in the order of the file."""
    found = problems(
        f"{HEAD},architecture,pretrained,backbone,test_images,seed\n"
        "shelfgaps,0,1,resnet5,false,frozen,0,-1\n"
        "shelf-gaps,20k-ish,,,maybe,froze,,\n"
        "shelf-gaps,20.000,8%\n"
        ",20.000,8%,,,,,\n"
    )
    assert places(found) == (
        [
            "2:1",
            "2:11",
            "2:13",
            "2:15",
            "2:23",
            "2:36",
            "2:38",
            "3:12",
            "3:20",
            "3:22",
            "3:28",
            "4:1",
            "5:1",
            "5:2",
        ]
    )
    fixes = {problem.place.partition("csv:")[2]: problem.fix for problem in found}
    assert fixes["2:1"] == "shelf-gaps"
    assert fixes["2:13"] == "1% or 100%"
    assert fixes["3:28"] == "frozen"
    assert fixes["5:2"] == "20000"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (f"{HEAD}\n", "no rows"),
        ("project,images\nshelf-gaps,20k\n", "column error or accuracy or iou is missing"),
        ("projct,images,error\nx,1,2%\n", "'projct' meant"),
        (f"{HEAD},accuracy\nshelf-gaps,20k,8%,93%\n", "say different things"),
        (f"{HEAD},accuracy\nshelf-gaps,20k,8%,high\n", "not a number"),
        (f"{HEAD},accuracy\nshelf-gaps,20k,,\n", "the cell is empty"),
        (f"{HEAD},images\nshelf-gaps,20k,8%,20k\n", "appears twice"),
        (f"{HEAD}\nshelf-gaps,20,000,8%\n", "needs quotes"),
        (f"{HEAD}\nshelf-gaps,20k\n", "2 cells; the heading has 3"),
        (f'{HEAD}\n"shelf-gaps,20k,8%\n', "nothing closes"),
        (f'{HEAD}\n"shelf"x,20k,8%\n', "follows a closing quote"),
        (f"{HEAD}\nshelf-gaps,20k,120%\n", "between 0 % and 100 %"),
        (f"{HEAD}\nshelf-gaps,20k,-0.1\n", "between 0 % and 100 %"),
        (f"{HEAD}\nshelf-gaps,20k,nan\n", "not a number"),
        (f"{HEAD}\nshelf-gaps,0.5,8%\n", "whole"),
        (f"{HEAD}\nshelf-gaps,-5,8%\n", "at least 0"),
        (f"{HEAD}\nshelf-gaps,20k,0\n", "how many test images"),
        (f"{HEAD}\nshelf-gaps,20k,0.9\nshelf-gaps,30k,8.1\n", "mixes fractions and per cent"),
        (f"{HEAD},pretrained,backbone\nshelf-gaps,20k,8%,no,frozen\n", "frozen backbone needs"),
        ("project,images,iou\nshelf-gaps,20k,0.8\n", "is classification"),
        ("project,images,accuracy\nroads,20k,0.8\n", "pixels is another measure"),
        (b"\xff\xfep\x00", "UTF-16"),
        (b"PK\x03\x04\x14\x00", "save the sheet as CSV"),
        (b"project,images,error\n\xe9,1,2%", "not UTF-8"),
    ],
)
def test_mistakes_say_what_is_wrong(problems: Problems, text: str | bytes, message: str) -> None:
    """One mistake, one message, at the file's name."""
    found = problems(text)
    assert len(found) == 1
    assert message in found[0].message
    assert "runs.csv" in found[0].place


def test_mixed_scales_point_at_the_rarer_kind(problems: Problems) -> None:
    """One 8.1 among fractions misses its sign; one 0.9 among per cents may be either."""
    few = problems(
        f"{HEAD}\n" + "".join(f"shelf-gaps,{n},0.{n}\n" for n in (10, 20)) + "roads,9,8.1"
    )
    assert [(p.place[-3:], p.fix) for p in few] == [("4:9", "8.1%")]
    many = problems(f"{HEAD}\nshelf-gaps,10,30\nshelf-gaps,20,20\nshelf-gaps,30,0.9\n")
    assert [p.fix for p in many] == ["0.9% or 90%"]


def test_a_sign_settles_the_scale(read: Read) -> None:
    """0.9% beside 8.1 is no mix."""
    errors = [
        run.pilot.error for run in read(f"{HEAD}\nshelf-gaps,9,8.1\nshelf-gaps,99,0.9%\n").runs
    ]
    assert errors == [0.081, 0.009]


def test_thousands_of_mistakes_are_cut(problems: Problems) -> None:
    """A file of the wrong shape does not fill the screen."""
    found = problems(f"{HEAD}\n" + "nobody,20k,8%\n" * 1000)
    assert len(found) == 201
    assert "800 more mistakes" in found[-1].message


def test_a_file_is_checked_without_its_portfolio(tmp_path: Path) -> None:
    """When the portfolio has mistakes of its own, those of the runs are found all the same."""
    path = tmp_path / "runs.csv"
    path.write_text(f"{HEAD}\nanything,20k,8%\nanything,x,8%\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"runs\.csv:3:10") as caught:
        read_runs(path, None, load_catalogue())
    assert len(caught.value.problems) == 1


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    """Said plainly."""
    for path, message in ((tmp_path / "no.csv", "no such file"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=message):
            read_runs(path, None, load_catalogue())


def test_identical_rows_count_once_and_repeats_with_seeds_each(read: Read) -> None:
    """Without a seed, a repeated row is taken for a slip; with seeds it is a repeat."""
    twice = read(f"{HEAD}\nshelf-gaps,20k,8%\nshelf-gaps,20000,0.08\n")
    assert (len(twice.runs), codes(twice)) == (1, ["RUN_TWICE"])
    assert "line 3 (as 2)" in twice.warnings[0].message
    seeds = read(f"{HEAD},seed\nshelf-gaps,20k,8%,1\nshelf-gaps,20k,8%,2\n")
    assert (len(seeds.runs), codes(seeds)) == (2, [])


def test_same_images_with_another_error_are_repeats(read: Read) -> None:
    """Both are kept without a word; under one seed they are asked after."""
    file = read(f"{HEAD}\nshelf-gaps,20k,8%\nshelf-gaps,20k,8.2%\n")
    assert (len(file.runs), codes(file)) == (2, [])
    seeded = read(f"{HEAD},seed\nshelf-gaps,20k,8%,1\nshelf-gaps,20k,8.2%,1\n")
    assert (len(seeded.runs), codes(seeded)) == (2, ["RUN_SEED_REPEATED"])


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        (
            ["shelf-gaps,20k,94%,"],
            "PILOT_ABOVE_CHANCE",
            "Is it an accuracy? Then the error is 6 %",
        ),
        (["shelf-gaps,20k,100%,"], "PILOT_ABOVE_CHANCE", "fail?"),
        (["shelf-gaps,20k,0%,500"], "PILOT_ERROR_ZERO", "half an image"),
        (
            ["shelf-gaps,1k,5%,", "shelf-gaps,9k,8%,"],
            "PILOT_RISES",
            "1,000 (line 2), 8 % at 9,000",
        ),
        (["shelf-gaps,30k,8%,"], "PILOT_ABOVE_HELD", "30,000 images, but 20,000 are held"),
        (["shelf-gaps,200k,8%,"], "PILOT_ABOVE_LIMIT", "150,000 can be owned"),
    ],
)
def test_what_is_suspected_is_said_and_the_runs_kept(
    read: Read, rows: list[str], code: str, words: str
) -> None:
    """Nonsense that noise or a slip may explain is answered with a question, and kept."""
    file = read("\n".join([f"{HEAD},test_images", *rows]))
    assert codes(file) == [code]
    assert words in file.warnings[0].message
    assert len(file.runs) == len(rows)


def test_noise_is_no_rise(read: Read) -> None:
    """A rise within what few test images explain is not mentioned; other curves are apart."""
    noisy = read(f"{HEAD},test_images\nshelf-gaps,1k,5%,100\nshelf-gaps,9k,8%,100\n")
    assert codes(noisy) == []
    apart = read(f"{HEAD},architecture\nshelf-gaps,1k,5%,ResNet-50\nshelf-gaps,9k,8%,VGG-16\n")
    assert codes(apart) == []


def test_a_rise_over_the_portfolios_own_pilots(read: Read) -> None:
    """New runs continue the curve that the portfolio has."""
    old = Project(
        id="shelf-gaps",
        classes=4,
        target_error=0.06,
        images=SHELF.images,
        pilots=(Pilot(images=1_000, error=0.05),),
    )
    file = read(f"{HEAD}\nshelf-gaps,9k,8%\n", old)
    assert "1,000 (in the portfolio), 8 % at 9,000 (line 2)" in file.warnings[0].message


def test_averaged_repeats_are_no_rise(read: Read) -> None:
    """Repeats at one size are one point of the curve."""
    file = read(f"{HEAD}\nshelf-gaps,1k,8%\nshelf-gaps,1k,8.5%\nshelf-gaps,9k,8.2%\n")
    assert codes(file) == []


def test_each_row_is_read_by_the_measure_it_fills(read: Read) -> None:
    """Accuracy of one project, IoU of another, and an error: three rows, three errors."""
    file = read(
        "project,images,accuracy,iou,error\n"
        "shelf-gaps,500,0.86,,\nroads,400,,0.63,\nshelf-gaps,1k,,,11%\n"
    )
    assert [run.pilot.error for run in file.runs] == [0.14, 0.37, 0.11]
    assert "The column iou is read as error = 1 − iou." in file.notes


def test_of_two_measures_the_one_of_the_projects_task_is_read(read: Read) -> None:
    """Trackers fill all they know: accuracy of pixels is not what a segmentation aims at."""
    file = read("project,images,accuracy,iou\nshelf-gaps,500,0.86,0.5\nroads,400,0.95,0.63\n")
    assert [run.pilot.error for run in file.runs] == [0.14, 0.37]


def test_two_measures_that_agree_are_one(read: Read) -> None:
    """An error beside its own accuracy, rounded or not, is no contradiction."""
    file = read("project,images,error,accuracy\nshelf-gaps,500,8.1%,91.9%\nshelf-gaps,9,.3,0.7\n")
    assert [run.pilot.error for run in file.runs] == [0.081, 0.3]


@pytest.mark.parametrize(
    "heading",
    [
        "tags.project,params.n_train,metrics.accuracy,params.architecture,status",
        "tags.project,params.train_size,metrics.val_acc,params.architecture,Status",
        "project,config/num_train_images,val/accuracy,config.arch,State",
        "data.project,n_images,summary.test_accuracy,Architecture,State",
    ],
)
def test_a_trackers_names_are_understood(read: Read, heading: str) -> None:
    """What can mean one thing only is read, and said; a run that failed is left out, and named."""
    text = f"{heading},run_id\nshelf-gaps,500,0.861,resnet50,FINISHED,1f\n"
    file = read(f"{text}shelf-gaps,1000,,resnet50,FAILED,2a\nroads,x,y,,running,3b\n")
    (run,) = file.runs
    assert run.pilot == Pilot(images=500, error=0.139, architecture="ResNet-50")
    assert "Columns not used: run_id." in file.notes
    written = heading.split(",")
    assert f"The column {written[1]} is read as images." in file.notes
    (warning,) = (item for item in file.warnings if item.code == "RUN_NOT_FINISHED")
    assert warning.message.startswith("Lines 3 (FAILED), 4 (running):")


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        (
            "project,images,val_acc,test_acc\nshelf-gaps,500,0.8,0.8\n",
            'accuracy may be "val_acc" or "test_acc": rename the one that is meant to accuracy',
            "accuracy",
        ),
        (
            "run,n,metrics.accuracy\nx,500,0.8\n",
            "Other columns are run, n: rename the one that holds the number of images trained on",
            HEAD,
        ),
        (
            "project,images,train_accuracy,val_loss\nshelf-gaps,500,0.8,1\n",
            "are train_accuracy, val_loss: rename the one that holds the error, accuracy or IoU",
            HEAD,
        ),
        (
            "Step,shelf-gaps - val/accuracy,roads - val/accuracy\n500,0.8,\n",
            "wide form",
            f"{ROWS} shelf-gaps,500,0.8, if Step counts the images trained on",
        ),
        (
            "images,shelf-gaps,roads\n500,0.8,0.7\n",
            "wide form",
            "the heading project,images,error (or accuracy, or iou), then one row for each run",
        ),
        (
            "project,500,1000,2k\nshelf-gaps,0.3,0.2,0.1\n",
            "wide form",
            "the heading project,images,error, then rows such as shelf-gaps,500,0.3",
        ),
        (f"{HEAD},status\nshelf-gaps,500,,KILLED\n", "did not finish", ""),
    ],
)
def test_what_is_not_understood_is_answered_with_what_to_do(
    problems: Problems, text: str, message: str, fix: str
) -> None:
    """The columns found and what to rename; a table the other way round is turned."""
    found = problems(text)
    assert any(message in problem.message and fix == problem.fix for problem in found), found


def test_measures_of_training_are_never_read_as_those_of_a_test(problems: Problems) -> None:
    """Neither the accuracy on training images nor a loss says how well a system does."""
    for name in ("metrics.train_accuracy", "train_error", "metrics.loss", "val_loss", "f1"):
        (problem,) = problems(f"project,images,{name}\nshelf-gaps,500,0.8\n")
        assert "is missing" in problem.message
        assert "meant?" not in problem.message


def test_what_a_tracker_calls_backbone_is_no_way_of_training(read: Read) -> None:
    """``params.backbone`` holding an architecture is not used, and said; holding ours, it is."""
    file = read("project,images,error,params.backbone\nshelf-gaps,500,8%,resnet50\n")
    assert "Columns not used: params.backbone." in file.notes
    file = read("project,images,error,params.backbone\nshelf-gaps,500,8%,frozen\n")
    assert file.runs[0].pilot.backbone is Backbone.FROZEN


@pytest.mark.parametrize("nothing", ["", "nan", "NaN", "None", "null", "N/A", "-"])
def test_what_programs_write_for_nothing_is_nothing(read: Read, nothing: str) -> None:
    """An optional cell without a value, as any program writes it."""
    text = f"{HEAD},test_images,architecture,pretrained,backbone,seed\nshelf-gaps,500,8%"
    (run,) = read(text + 5 * f",{nothing}" + "\n").runs
    assert run.pilot == Pilot(images=500, error=0.08)


@pytest.mark.parametrize(
    ("cells", "fix"),
    [
        ("500,0.861 ± 0.012", "0.861"),
        ("60 000,8%", "60000"),
        ("60.000,8%", "60000"),
        ('"60.000,00",8%', "60000"),
        ("500 images,8%", "500"),
        ("500,8.1±0.3%", "8.1%"),
    ],
)
def test_numbers_as_people_write_them_get_a_fix(problems: Problems, cells: str, fix: str) -> None:
    """Nothing is guessed: the reading is offered."""
    (problem,) = problems(f"{HEAD}\nshelf-gaps,{cells}\n")
    assert problem.fix == fix
