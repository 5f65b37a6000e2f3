"""A project without a target: what its errors cost says how good it is to be."""

from planner.domain.fields.declared import Part
from planner.domain.vocabulary import TARGETS, Deploy, Earned

__all__ = ["target_or_money"]


def target_or_money(part: Part) -> bool:
    """Return whether a project must have a target; report what one without lacks."""
    use = part.values.get("use")
    deploy = Deploy.IF_TARGET_MET if use is None else use.deploy
    if any(name in part.given for name in TARGETS):
        return True
    if deploy is Deploy.IF_TARGET_MET:
        if use is None and part.values.get("errors") is None:
            return True
        message = "without a target the system cannot be deployed on meeting it."
        part.wrong("use", message, "deploy: if_pays", "CONFLICT", at_key=True)
        return False
    _says_what_counts(part)
    return False


def _says_what_counts(part: Part) -> None:
    """Report what is earned with a target that is not there, and that nothing asks for accuracy."""
    benefits = part.values.get("benefits") or ()
    graded = any(isinstance(b.once or b.yearly, tuple) for b in benefits)
    if part.values.get("errors") is None and not graded:
        if "errors" in part.given or ("benefits" in part.given and not benefits):
            return
        message = "without a target only what errors cost says how good it must be."
        part.wrong("", message, "errors: {cost_per_error: 0.05}", "MISSING")
    if part.values.get("value") is not None:
        message = "value is earned with the target met; without a target state benefits."
        part.wrong("value", message, "benefits: [{id: use, yearly: 40k, if: live}]",
                   "CONFLICT", at_key=True)  # fmt: skip
    if any(benefit.when is Earned.TARGET for benefit in benefits):
        message = "a benefit is earned with the target met, and there is none."
        part.wrong("benefits", message, "if: live", "CONFLICT", at_key=True)
