#!/usr/bin/env bash
# A Slurm cluster of one node: this machine, reached through the loopback only.
#
#     eval "$(tests/slurm/start.sh [FOLDER])"      FOLDER is /tmp/one-node-slurm-<user> by default
#
# It prints where Slurm's commands find it: SLURM_CONF, and a PATH with an srun that knows it too.
# (The jobs of snakemake-executor-plugin-slurm-jobstep 0.6.1 take SLURM_CONF away from their srun.)
# Everything that it writes is in FOLDER; tests/slurm/stop.sh [FOLDER] ends it and removes that.
# Tested with munge 0.5.15 and Slurm 22.05.8, as Debian 12 has them, as root and without systemd:
#
#     apt-get install --no-install-recommends \
#         munge slurm-wlm slurmctld slurmd slurm-client slurm-wlm-basic-plugins
set -euo pipefail
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

for command in munged slurmctld slurmd sinfo; do
    command -v $command > /dev/null || { echo "$command is not installed: see $0" >&2; exit 1; }
done
folder=${1:-/tmp/one-node-slurm-$(id -un)}
here=$(dirname "$(realpath "$0")")
if [ -e "$folder" ]; then
    echo "$folder is there already: stop it first by $here/stop.sh $folder" >&2
    exit 1
fi
mkdir -m 755 "$folder"
folder=$(realpath "$folder")
trap '[ $? = 0 ] || "$here/stop.sh" "$folder"' EXIT
host=$(hostname -s)
memory=$(awk '/^MemTotal/ {print int($2 / 1024 * 0.9)}' /proc/meminfo)
read -r controller node < <(python3 - <<'PORTS'
import socket
taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(one.getsockname()[1] for one in taken))
PORTS
)

mkdir -m 700 "$folder/munge" "$folder/controller" "$folder/node"
head -c 128 /dev/urandom > "$folder/munge/key"
chmod 600 "$folder/munge/key"
chmod 711 "$folder/munge" # all users need the socket in it

cat > "$folder/slurm.conf" <<END
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller
SlurmdPort=$node
# without it the daemons listen on all addresses
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
StateSaveLocation=$folder/controller
SlurmdSpoolDir=$folder/node
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
# for so many seconds squeue, which Snakemake asks, still shows a job that has ended
MinJobAge=300
# a node that comes back is used again
ReturnToService=2
SlurmdTimeout=20
KillWait=5
# two jobs at once, whatever the machine has
SlurmdParameters=config_overrides
GresTypes=gpu,shard
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=$memory Gres=gpu:2,shard:4 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
cat > "$folder/cgroup.conf" <<'END'
CgroupPlugin=cgroup/v1
CgroupAutomount=no
ConstrainCores=no
ConstrainRAMSpace=no
END

# two fake GPUs: Slurm allocates them, and PyTorch finds no driver
touch "$folder/gpu0" "$folder/gpu1"
cat > "$folder/gres.conf" <<END
Name=gpu File=$folder/gpu[0-1]
Name=shard Count=4
END

mkdir "$folder/bin"
cat > "$folder/bin/srun" <<END
#!/bin/sh
SLURM_CONF=$folder/slurm.conf exec $(command -v srun) "\$@"
END
chmod +x "$folder/bin/srun"

export SLURM_CONF=$folder/slurm.conf
munged --force --num-threads=2 --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munged.pid" --log-file="$folder/munge/log" \
    --seed-file="$folder/munge/seed"
slurmctld
slurmd
for _ in $(seq 60); do
    if [ "$(sinfo --noheader --format=%T 2> /dev/null)" = idle ]; then
        echo "export ONE_NODE_SLURM=$folder SLURM_CONF=$folder/slurm.conf PATH=$folder/bin:\$PATH"
        exit 0
    fi
    sleep 0.5
done
echo "The node did not come up:" >&2
tail -n 20 "$folder"/*.log "$folder/munge/log" >&2
exit 1
