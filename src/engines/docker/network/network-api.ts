import { z } from 'zod';
import { parseSubnet, type Subnet, subnetText } from '../../../core/subnet.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { isRefusal } from '../daemon/daemon-errors.ts';
import { dockerLimits } from '../docker-limits.ts';

const listed = z.array(
  z.object({
    Name: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().nullish() })).nullish() }).nullish(),
  }),
);

/** A network of the daemon. */
export interface ListedNetwork {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of IPv4. */
  readonly subnets: readonly Subnet[];
}

/** What may be asked of a daemon for networks. Each call rejects as `Daemon`'s do. */
export class NetworkApi {
  readonly #daemon: Daemon;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  async list(): Promise<readonly ListedNetwork[]> {
    const answer = listed.parse(await this.#daemon.json({ method: 'GET', path: '/networks' }));
    return answer.map(({ Name, Labels, IPAM }) => ({
      name: Name,
      labels: Labels ?? {},
      subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => parseSubnet(Subnet ?? '') ?? []),
    }));
  }

  /** `taken`: another network has one of these addresses, or the name. */
  async create(name: string, subnet: Subnet, labels: Readonly<Record<string, string>>): Promise<'created' | 'taken'> {
    const body = {
      ...{ Name: name, CheckDuplicate: true, Driver: 'bridge', Labels: labels },
      IPAM: { Config: [{ Subnet: subnetText(subnet) }] },
    };
    const call = { method: 'POST', path: '/networks/create', within: dockerLimits.createMs } as const;
    try {
      await this.#daemon.json({ ...call, body });
      return 'created';
    } catch (error) {
      // Docker: 409 for the name, 403 for addresses; Podman: 500 for both.
      if (isRefusal(error, 403, 409, 500) && /overlap|already/i.test(error.message)) return 'taken';
      throw error;
    }
  }

  /** False while containers are in it. Does nothing for one that is not there. */
  async remove(name: string): Promise<boolean> {
    try {
      await this.#daemon.json({ method: 'DELETE', path: `/networks/${name}`, within: dockerLimits.removeMs });
      return true;
    } catch (error) {
      if (isRefusal(error, 404)) return true;
      if (isRefusal(error, 403, 409, 500) && /active endpoints|being used|in use/i.test(error.message)) return false;
      throw error;
    }
  }

  /** The number of a running container's first process, as its host has it. */
  async pidOf(container: string): Promise<number | undefined> {
    try {
      const answer = await this.#daemon.json({ method: 'GET', path: `/containers/${container}/json` });
      const { State } = z.object({ State: z.object({ Pid: z.int() }) }).parse(answer);
      return State.Pid > 0 ? State.Pid : undefined;
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    }
  }
}
