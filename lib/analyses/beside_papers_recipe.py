"""The networks of a page, and beside them those that were pruned by the paper's own recipe."""

from dataclasses import dataclass

from ..book.report.results import Results


@dataclass(frozen=True)
class ShownNetwork:
    """A network of the paper in one of the studies that a page shows.

    Attributes:
        study: that has it.
        experiment: its name there.
        title: its name on the page, different for each network of the page.
        key: its part of the keys of comparisons, such as `vgg-svhn`.
    """

    study: Results
    experiment: str
    title: str
    key: str

    @property
    def has_control(self) -> bool:
        """Whether its complete networks were also trained as long without pruning."""
        return f"{self.experiment}_trained_as_long" in self.study.variants


def networks_beside(study: Results, papers_recipe: Results) -> list[ShownNetwork]:
    """The paper's networks of a study, then those of one that follows the paper's recipe.

    Args:
        study: that the page is about.
        papers_recipe: such as `results/full_scale`; it may have fewer networks, or none.
    """
    of_study = [
        ShownNetwork(study, name, study.network(name), name.replace("_", "-"))
        for name in study.experiments
    ]
    beside = [
        ShownNetwork(
            papers_recipe,
            name,
            f"{papers_recipe.network(name)}, paper's recipe",
            f"{name.replace('_', '-')}-full",
        )
        for name in papers_recipe.experiments
    ]
    return [*of_study, *beside]
