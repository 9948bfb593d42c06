"""What `pruned-representations COMMAND --help` says of each command, with examples."""

NAME = "pruned-representations"

EXIT = """
exit status:
  0  done
  1  not a single number could be computed; the notes in --json say why. gate: the build differs
  2  something that was given is wrong; the message says what, and what to do
  130  stopped by Ctrl-C
  141  whoever read the output, such as `head`, stopped before its end
"""

COMPARE_HELP = """
A and B are classifiers of torchvision, or functions that return a network, file.py:function.
The file is executed; files of weights (safetensors, or torch.save of a state_dict) never are.
Pages (--html) are made where the repository is, by .venv/bin/python -m lib.program.
Metrics other than the default ones: whichever name is unknown is answered by all that are known.

examples:
  {name} compare resnet18 resnet18 --a-weights DEFAULT --b-weights pruned.pt --images photos
  {name} compare nets.py:mine nets.py:pruned --images photos --layers "layer1 layer2 fc"
  {name} compare nets.py:small nets.py:large --images photos --pairs all --metrics cka
  {name} compare nets.py:mine nets.py:pruned --images photos --json > similarity.json
  {name} compare nets.py:mine nets.py:pruned --images photos --html page.html
"""
DAMAGE_HELP = """
Layers of A are damaged on purpose. A metric notices a damage if it makes layers less similar than
the changes between consecutive versions do, which do no harm: six files of weights or more. This
works where the repository is, by .venv/bin/python -m lib.program, not with the package alone.

examples:
  {name} damage nets.py:mine --weights "checkpoints/*.pt" --images photos --html page.html
  {name} damage nets.py:mine --weights "checkpoints/*.pt" --images photos --json > damage.json
"""
GATE_HELP = """
Harmless are versions of A that are made as a good build is: by other seeds, machines or exports.
A build fails if it changes a layer more than they do; of harmless ones at most 5 % fail (--level).
A file of their similarities, as of harmless_similarities(...).to_csv, spares the work on them.

examples:
  {name} gate nets.py:mine nets.py:quantised --images photos --harmless "good/*.pt"
  {name} gate nets.py:mine nets.py:quantised --images photos --harmless harmless.csv
  {name} gate nets.py:mine nets.py:ported --images photos --at-least 0.99
"""
METRICS_HELP = """
X and Y are files of numpy.save, or of numpy.savez(file, x=x, ids=ids), (n, p) or (n, c, h, w) each;
or Parquet, a column for each feature, and perhaps one that is called ids.
Rows with ids are matched by them; what only one file has is left out, and that is said. Without ids
both need as many rows. Whichever metric is unknown is answered by all that are known.

examples:
  {name} metrics before.npy after.npy
  {name} metrics before.npz after.npz --metrics cka cka_debiased rsa --permutations 200 --json
"""
NULL_HELP = """
X and Y are files as for `metrics`. For CKA and some others the moments are those of all
permutations; for the rest, permutations are sampled.

examples:
  {name} null before.npz after.npz
  {name} null before.npz after.npz --metric svcca --permutations 1000 --alpha 0.01 --json
"""
