"""How a further analysis of networks that a study has kept is done, part by part.

`lib.catalogue` says which there are, and how to add one.
"""

from .running_job import RunningJob


def analyse(task: RunningJob) -> None:
    """Do an analysis part by part, from the first that no earlier process has done."""
    analysis = task.analysis
    table = task.study.profile.catalogue.analyses[analysis.name].table
    done = task.saved.get("done", [])
    for name, rows in analysis.work()(analysis, task):
        if name not in done:
            task.log("%s, %s", analysis.name, name)
            task.add(table, rows())
            done.append(name)
            task.save(done=done)
    task.write(table)
