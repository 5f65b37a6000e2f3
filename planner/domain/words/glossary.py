"""What the words mean that the program says, for readers who train no networks."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["GLOSSARY"]

GLOSSARY: Mapping[str, str] = MappingProxyType(
    {
        "project": "One vision system to build: its task, classes, target, images and value.",
        "classification": "Each image gets one of a few answers, such as good or damaged.",
        "segmentation": "Each pixel of an image gets one of a few answers.",
        "class": "One of the answers that a system can give.",
        "error": "Share of wrong answers: 1 less the accuracy; in segmentation 1 less the mean "
        "IoU, which is how far the areas found and the true ones overlap.",
        "relative complexity": "How hard the classes are to guess, over 1,000 equally frequent "
        "ones: 0 where one answer is always right, 1 for 1,000 classes.",
        "labelled image": "An image with its right answer, written down by a person.",
        "images held": "Labelled images of this very task that you own today.",
        "images limit": "Most labelled images that you could ever own, those held included.",
        "images to buy": "Labelled images still to be collected and labelled.",
        "data needed": "Labelled images, in all, at which the target is met; uncertain, and in "
        "some outcomes never.",
        "target": "The accuracy that makes the system useful to you.",
        "chance of target": "How likely the error is at or below the target with so many images.",
        "majority guess": "Always giving the most frequent answer; a system must beat it.",
        "pilot": "A small training of the project itself, with its measured error; it says more "
        "than any forecast.",
        "architecture": "The kind of network that is trained, such as ResNet-50.",
        "pretrained": "The network starts from what it learned on other images.",
        "finetuned, frozen": "All layers are trained further, or only the last on fixed features.",
        "epoch": "One pass of a training over all its images.",
        "trials": "Trainings paid for each delivered model, those that only tune it included.",
        "folds": "Parts, such as sites, that each training is done without in turn.",
        "accelerator-hour": "One hour of one processor made for training, such as a GPU.",
        "basis": "How training is priced: measured, from speeds and hourly prices; paper, from "
        "the paper's price of an operation.",
        "option": "One way to carry out a project: a network and a number of images, or none.",
        "plan": "At most one option of each project, within the budget and the rules.",
        "committed": "Money that the plan binds; a range of a price counts at its mean.",
        "expected value": "What an option earns, averaged over all outcomes.",
        "net value": "Expected value less all that is paid.",
        "NPV": "Net present value: what comes later counts less, at the discount rate.",
        "GO": "Funded, and likely enough to meet its target.",
        "PILOT": "Funded, but measure first: the chance lies between the two limits.",
        "NO-GO": "Not funded.",
        "shared asset": "A data set or base model that several projects use and pay for once.",
        "Shapley split": "Each step of a shared cost is split equally among those who need it.",
        "P10, P50, P90": "Not exceeded in 10, 50 and 90 % of outcomes.",
        "worst 10 % (CVaR 90)": "The mean of the worst tenth of outcomes.",
        "draw": "One joint outcome of everything uncertain, the same for all projects.",
        "reserve": "What must be added to the budget so that it holds in 80 % of outcomes.",
    }
)
"""Terms in the order in which a reader meets them."""
