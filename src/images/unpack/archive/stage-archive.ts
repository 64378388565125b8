import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { ByteBudget } from '../byte-budget.ts';
import type { EntryHeader, EntrySink } from '../entries.ts';
import { checkInside } from '../inside.ts';
import { readTar } from '../read-tar.ts';
import { Refused, shown } from '../refusal.ts';
import type { UnpackProgress } from '../request.ts';
import type { Answers, StagedMember, StageOrder } from '../words.ts';
import { memberName } from './member-name.ts';

/** Directories and all else counted. An image has some hundred layers at most, and an archive some images. */
const mostEntries = 20_000;

/** Of a name and where it leads: theirs are digests. All names are told to the server, at once. */
const mostNameBytes = 1_024;

/** Writes each file of a tar into `into` under a number, so that no name of it comes near the file system. Rejects with `Refused`. */
export async function stageArchive(
  order: StageOrder,
  onProgress: (progress: UnpackProgress) => void,
): Promise<Answers['stage']> {
  const descriptor = openSync(order.path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stat = fstatSync(descriptor);
  if (order.within) checkInside(descriptor, order.within, order.path);
  if (!stat.isFile()) throw new Refused('neither a file nor a directory');
  const staging = new Staging(order.into);
  const budget = new ByteBudget(order.limits, order.into);
  const progress = { bytes: 0, totalBytes: stat.size };
  await readTar({
    descriptor,
    onEntry: (header) => staging.add(header),
    onRead: (bytes) => {
      progress.bytes += bytes;
      onProgress(progress);
    },
    onUnpacked: (bytes) => budget.spend(bytes),
  });
  closeSync(descriptor);
  return { members: staging.members };
}

class Staging {
  readonly members: StagedMember[] = [];
  readonly #into: string;
  #entries = 0;

  constructor(into: string) {
    this.#into = into;
  }

  add(header: EntryHeader): EntrySink {
    this.#entries += 1;
    if (this.#entries > mostEntries) throw new Refused(`more than ${mostEntries} files in it`);
    const { name, linkname } = header;
    const size = name.length + (linkname ?? '').length;
    if (size > mostNameBytes) throw new Refused(`${shown(name)}: a name of ${size} bytes`);
    switch (header.type) {
      case 'file':
      case 'contiguous-file':
        return this.#write(memberName(name));
      case 'link':
        this.members.push({ kind: 'link', name: memberName(name), target: memberName(linkname ?? '') });
        break;
      case 'symlink':
        this.members.push({ kind: 'link', name: memberName(name), target: memberName(`${name}/../${linkname ?? ''}`) });
        break;
      default: // directories say nothing here, and anything else nobody names
    }
    return { write: () => {}, end: () => {} };
  }

  #write(name: string): EntrySink {
    const number = this.members.length;
    const { O_WRONLY, O_CREAT, O_EXCL } = constants;
    const descriptor = openSync(`${this.#into}/${number}`, O_WRONLY | O_CREAT | O_EXCL, 0o600);
    this.members.push({ kind: 'file', name, number });
    return {
      write: (chunk) => {
        for (let offset = 0; offset < chunk.length; ) offset += writeSync(descriptor, chunk, offset);
      },
      end: () => closeSync(descriptor),
    };
  }
}
