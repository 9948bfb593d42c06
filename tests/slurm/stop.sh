#!/usr/bin/env bash
# End the Slurm of tests/slurm/start.sh, its jobs included, and remove its folder.
#
#     tests/slurm/stop.sh [FOLDER]
set -uo pipefail

folder=${1:-/tmp/one-node-slurm-$(id -un)}
if [ ! -d "$folder" ]; then
    echo "there is no $folder: nothing to stop" >&2
    exit 0
fi
export SLURM_CONF=$folder/slurm.conf
alive() {
    kill -0 "$(cat "$folder/$1.pid" 2> /dev/null)" 2> /dev/null
}
if alive slurmctld && alive slurmd; then
    scancel --user="$(id -un)" 2> /dev/null
    for _ in $(seq 60); do
        [ -z "$(squeue --noheader 2> /dev/null)" ] && break
        sleep 0.5
    done
fi
for daemon in slurmd slurmctld munged; do
    alive $daemon && kill "$(cat "$folder/$daemon.pid")" 2> /dev/null
    for _ in $(seq 40); do
        alive $daemon || break
        sleep 0.25
    done
    alive $daemon && kill -9 "$(cat "$folder/$daemon.pid")" 2> /dev/null
done
# without control groups, Slurm can lose sight of a process of a job that it ended
for process in /proc/[0-9]*; do
    variables=$(tr '\0' '\n' 2> /dev/null < "$process/environ") || continue
    if grep -q "^SLURM_JOB_ID=" <<< "$variables" &&
        grep -qx "SLURM_CONF=$folder/slurm.conf" <<< "$variables"; then
        kill -9 "${process#/proc/}" 2> /dev/null
    fi
done
rm -rf "$folder"
