"""The program of every node of examples/nodes.ts: the nodes sum their numbers over TCP.

The main node listens, the others bring their number to it and are told the sum of all.
"""

import os
import socket
import time

PORT = 7070
index = int(os.environ["AWS_BATCH_JOB_NODE_INDEX"])
nodes = int(os.environ["AWS_BATCH_JOB_NUM_NODES"])
number = (index + 1) ** 2


def collect():
    """On the main node: hears a number from each of the others, and tells them the sum."""
    with socket.create_server(("", PORT)) as server:
        others = [server.accept()[0] for _ in range(nodes - 1)]
    total = number + sum(int(other.makefile().readline()) for other in others)
    for other in others:
        other.sendall(f"{total}\n".encode())
        other.makefile().readline()  # until it has heard
    return total


def bring(main):
    """On any other node. The main node may not listen yet."""
    until = time.monotonic() + 60
    while True:
        try:
            connection = socket.create_connection((main, PORT), 10)
            break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    connection.sendall(f"{number}\n".encode())
    return int(connection.makefile().readline())


if index == int(os.environ["AWS_BATCH_JOB_MAIN_NODE_INDEX"]):
    total = collect()
else:
    total = bring(os.environ["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"])
print(f"node {index} of {nodes} brought {number}, the sum is {total}")
