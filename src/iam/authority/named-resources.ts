import { parseArn, partitionOf } from '../../core/arn.ts';

/** What decisions need of the name of a resource. */
export interface NamedResource {
  /** '' for what is of no account, and for what is no ARN. */
  readonly account: string;
  /** An ARN with the partition of its region; without one, as IAM's are, with that of most of them. */
  readonly usual: string;
}

const most = 1024;

/** Names of resources, taken apart once: few are asked about again and again. */
export class NamedResources {
  readonly #known = new Map<string, NamedResource>();

  of(resource: string): NamedResource {
    const known = this.#known.get(resource);
    if (known) return known;
    const made = named(resource);
    if (this.#known.size >= most) this.#known.clear();
    // Longer ones are no names that are asked about again.
    if (resource.length <= 2048) this.#known.set(resource, made);
    return made;
  }
}

function named(resource: string): NamedResource {
  const parts = parseArn(resource);
  if (!parts) return { account: '', usual: resource };
  const usual = `arn:${partitionOf(parts.region)}${resource.slice(`arn:${parts.partition}`.length)}`;
  return { account: parts.account, usual };
}
