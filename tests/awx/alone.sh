#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command, as root, where it reaches nothing but this machine and leaves nothing behind: alone.sh COMMAND...
# A network of its own (loopback only), processes of its own, which end with it, and an /etc whose changes go with it.
# shellcheck disable=SC2016 # the inner shell is the one that takes its arguments
exec unshare --mount --pid --net --fork --kill-child --mount-proc sh -e -c '
  ip link set lo up
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/changes /mnt/work
  mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/changes,workdir=/mnt/work /etc
  "$@"
' sh "$@"
