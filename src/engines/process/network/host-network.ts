import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { CannotStart, cannotStartContainer, errorCode } from '../errors.ts';
import { hostsOfNodes, loopbackAddress, loopbackGangs, loopbackNodes, numberAddress } from './addresses.ts';
import type { GangNetwork, JoinedNode } from './node-network.ts';

/** A port that is bound to say that a number is taken: no service has it, and no client is given it. */
const numberPort = 29_777;

/**
 * The network of a gang where it can have none of its own: the host's, with an address for each node of those that Linux has
 * on `lo` without being asked. Nothing keeps a node from listening on the addresses of others, nor others from reaching it.
 */
export class HostNetwork implements GangNetwork {
  readonly #why: string;
  readonly #size: number;
  readonly #number: number;
  /** Bound while the number is this gang's, on this host among all installations; goes with this process. */
  readonly #claim: Socket;

  private constructor(why: string, size: number, number: number, claim: Socket) {
    this.#why = why;
    this.#size = size;
    this.#number = number;
    this.#claim = claim;
  }

  /**
   * Takes a free number of so many for a gang of `size` nodes; `why` it has no network of its own. Rejects with `CannotStart` if none
   * is free: any process of this host, a job too, can take them, and a shortage of the whole engine would keep all jobs from running.
   */
  static async make(size: number, why: string, numbers = loopbackGangs): Promise<HostNetwork> {
    if (size > loopbackNodes) {
      throw new Error(
        `a gang of ${size} nodes needs a network of its own (${why}): on the host's network there are addresses for ${loopbackNodes}`,
      );
    }
    for (let number = 0; number < numbers; number += 1) {
      const claim = await bind(numberAddress(number));
      if (claim) return new HostNetwork(why, size, number, claim);
    }
    throw cannotStartContainer(`all ${numbers} loopback networks for gangs are in use on this host`);
  }

  async join(index: number): Promise<JoinedNode> {
    const addressOf = (node: number) => loopbackAddress(this.#number, node);
    const network = {
      address: addressOf(index),
      enter: [],
      asRootInName: false,
      hosts: hostsOfNodes(this.#size, index, addressOf) + hostsOfHost(),
      notes: [
        `nodes share this host's network and have the addresses ${addressOf(0)} and on (${this.#why}): one that listens on all ` +
          'addresses takes the port from the others, and any process of this host can reach it',
      ],
    };
    return { network, leave: () => {} };
  }

  close(): void {
    this.#claim.close();
  }
}

/** Why this host has no such addresses, in words; undefined if it has. */
export async function loopbackRefusal(): Promise<string | undefined> {
  try {
    const network = await HostNetwork.make(1, '');
    network.close();
    return undefined;
  } catch (error) {
    if (error instanceof CannotStart) return undefined; // all are in use
    return `this host has no address ${numberAddress(0)} (${errorCode(error) ?? 'unknown'})`;
  }
}

/** Undefined if somebody has it. */
function bind(address: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error) => {
      socket.close();
      if (errorCode(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    socket.bind({ address, port: numberPort, exclusive: true }, () => resolve(socket));
  });
}

/** Names that the host knows stay known. */
function hostsOfHost(): string {
  try {
    return readFileSync('/etc/hosts', 'utf8');
  } catch {
    return ''; // it knows none
  }
}
