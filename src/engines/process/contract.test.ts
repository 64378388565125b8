import { engineConformance } from '../conformance.ts';
import type { SandboxKind } from './host/host-abilities.ts';
import { sandboxKinds } from './host/host-abilities.ts';
import { type HostOptions, TestHost } from './testing/test-host.ts';
import { noImages } from './testing/test-image.ts';

const sandboxes: readonly SandboxKind[] = [...sandboxKinds, 'none'];

for (const sandbox of sandboxes) {
  const options: HostOptions = { sandboxes: sandbox === 'none' ? [] : [sandbox] };
  const skip = await whyNot(sandbox, options);
  engineConformance(`the process engine with sandbox ${sandbox}`, {
    createWorld: () => TestHost.create(options),
    ...(skip === undefined ? {} : { skip }),
  });
}

engineConformance('the process engine with containers of an image', {
  createWorld: async () => (await TestHost.create()).useImage(),
  ...(noImages === false ? {} : { skip: noImages }),
});

engineConformance('the process engine without control groups', {
  createWorld: () => TestHost.create({ cgroups: false }),
});

/** Why a sandbox cannot be tested here, as the engine itself says. */
async function whyNot(sandbox: SandboxKind, options: HostOptions): Promise<string | undefined> {
  if (sandbox === 'none') return undefined;
  const host = await TestHost.create({ ...options, isolation: 'required' });
  const engine = await host.open();
  const { unavailable } = await engine.describe();
  await engine.close();
  await host.dispose();
  return unavailable;
}
