"""An MPI program: every rank brings its number plus one, and rank 0 prints the sum of all."""

import os

from mpi4py import MPI

world = MPI.COMM_WORLD
total = world.allreduce(world.rank + 1)
nodes = world.gather(os.environ["AWS_BATCH_JOB_NODE_INDEX"])
if world.rank == 0:
    print(f"{world.size} ranks on nodes {' '.join(sorted(set(nodes)))}, the sum is {total}")
