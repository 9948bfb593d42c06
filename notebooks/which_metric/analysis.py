"""Whether a metric finds a layer again in another network."""

import pandas as pd

TIE = 1e-9  # similarities that are closer differ by rounding


def looked_for(rows: pd.DataFrame) -> pd.DataFrame:
    """Each hidden layer of one complete network, looked for in another one, both ways round.

    Candidates are the layers with maps of the same size, on every matrix: on channels, only
    these can be compared. A layer that is alone in its size is no question.

    Args:
        rows: of the table `identification`.

    Returns:
        A row for each layer: `found`, whether the layer at the same place is the most similar
        candidate, where a tie is a miss; `guess`, how often a guess would find it.
    """
    rows = rows[(rows.kind_x != "out") & (rows.kind_y != "out")]
    ways = [{f"layer_{x}": "layer", f"layer_{y}": "candidate"} for x, y in ("xy", "yx")]
    cases = pd.concat([rows.rename(columns=way).assign(way=i) for i, way in enumerate(ways)])
    on_channels = cases[cases.reshape == "channels"]
    same_size = on_channels[["network", "layer", "candidate"]].drop_duplicates()
    cases = cases.dropna(subset="value").merge(same_size)
    key = ["network", "metric", "reshape", "train_seed", "other_seed", "way", "layer"]
    cases["guess"] = (cases.layer == cases.candidate).astype(float)
    best = cases.value >= cases.groupby(key).value.transform("max") - TIE
    cases["found"] = cases.guess.where(best)  # among the best, the own one must be alone
    judged = cases.groupby(key, sort=False).agg({"found": "min", "guess": "mean"}).reset_index()
    return judged[(judged.guess > 0) & (judged.guess < 1)]
