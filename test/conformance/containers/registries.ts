import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { busyboxImage } from '../../../src/core/container-image.fixture.ts';
import { Registry } from '../../../src/core/registry.fixture.ts';
import { RegistryGate } from '../registry-gate.ts';
import { wholeFile } from '../yard.ts';

export const login = { username: 'ada', password: 'lovelace' };

/** Names of images are this host's that the operator has put a mirror in place of. */
const mirrored = 'mirror.example/hub';

/** Registries of this machine: one behind a gate, and one that wants a login, which stands for a mirror, too. */
export interface Registries {
  readonly open: Registry;
  readonly gate: RegistryGate;
  readonly closed: Registry;
  /** The whole name of an image of the mirror, as jobs call it. */
  readonly mirrored: (name: string) => string;
  /** What the daemon must reach without TLS. */
  readonly insecure: readonly string[];
  /** Of the server's command line: the mirror, and the operator's login for it. */
  readonly flags: readonly string[];
}

/** Of files of its own: no two share what makes them. */
export const imageOf = (name: string) =>
  busyboxImage({ Cmd: ['/bin/cat', '/srv/words'] }, [{ path: 'srv/words', content: `words of ${name}\n` }]);

export async function openRegistries(directory: string): Promise<Registries> {
  const open = await Registry.open({ images: imagesOf('tool:1', 'slow:1') });
  const closed = await Registry.open({ login, images: imagesOf('secret:1', 'kept/team/tool:2') });
  const gate = await RegistryGate.open(open);
  wholeFile.after(async () => {
    gate.close();
    await open.close();
    await closed.close();
  });
  // Another name of the same registry, for which the operator has a login.
  const mirror = closed.address.replace('127.0.0.1', 'localhost');
  const file = join(directory, 'login');
  writeFileSync(file, `${login.username}:${login.password}\n`, { mode: 0o600 });
  return {
    ...{ open, gate, closed, mirrored: (name) => `${mirrored}/${name}` },
    insecure: [open.address, closed.address, gate.address, mirror],
    flags: ['--images-rewrite', `${mirrored}=${mirror}/kept`, '--images-registries', `${mirror}=login:${file}`],
  };
}

function imagesOf(...names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, imageOf(name)]));
}
