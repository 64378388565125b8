import { chmodSync, mkdirSync } from 'node:fs';
import { makeWayForDirectory } from '../../core/set-aside.ts';
import { type Engine, EngineUnavailable } from '../contract.ts';
import { checkEpoch, enterEpoch } from '../epoch-file.ts';
import { findGpus } from '../gpu-probe.ts';
import { UnreleasedEvents } from '../unreleased-events.ts';
import { ProcessEngine, type ProcessEngineParts } from './engine.ts';
import { findAbilities } from './host/find-abilities.ts';
import { whyNoImages } from './host/host-abilities.ts';
import { engineDirectory, makePrivateDirectory, type ProcessLayout, processLayout } from './layout.ts';
import { type CompiledOptions, compileOptions, type ProcessEngineOptions } from './options.ts';
import { allowPaths } from './plan/sources.ts';
import type { ImagePolicy } from './pulling/image-policy.ts';
import { PullingEngine } from './pulling/pulling-engine.ts';
import { RegistryRest } from './pulling/registry-rest.ts';
import { runnerElsewhere } from './runner/living-runners.ts';

/**
 * Opens the engine that runs jobs as sandboxed processes of this host: finds out what the host allows, connects to every
 * runner that lives, and takes over what dead ones left. Rejects with `EngineUnavailable` for an older epoch or another
 * installation. See README.md.
 */
export async function openProcessEngine(options: ProcessEngineOptions): Promise<Engine> {
  const compiled = compileOptions(options);
  const layout = processLayout(engineDirectory(compiled.dataDirectory));
  refuseTwins(compiled);
  makeDirectories(layout, (words) => compiled.logger.warn(words));
  enterEpoch(layout.epochFile, compiled.session, (words) => compiled.logger.warn(words));
  const named = compiled.gpus === 'found' ? undefined : compiled.gpus;
  const [host, gpus] = await Promise.all([
    findAbilities(compiled, layout),
    findGpus(named, (words) => compiled.logger.warn(words)),
  ]);
  const { images: policy } = compiled;
  const events = new UnreleasedEvents();
  const engine = new ProcessEngine({
    ...{ options: compiled, layout, host, gpus, events },
    onImages: (taskId, images) => {
      for (const { id } of Object.values(images)) policy?.store.hold(id, taskId);
    },
  });
  try {
    await engine.takeOver();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return policy ? withImages(engine, events, policy, { options: compiled, layout, host }) : engine;
}

function withImages(
  inner: ProcessEngine,
  events: UnreleasedEvents,
  policy: ImagePolicy,
  { options, layout, host }: Pick<ProcessEngineParts, 'options' | 'layout' | 'host'>,
): Engine {
  const { rootFilesystems, hostPaths, session, clock, logger } = options;
  const rest = new RegistryRest(clock);
  const ground = { policy, rootFilesystems, refusal: whyNoImages(host), rest, allowed: allowPaths(hostPaths) };
  return new PullingEngine({
    ...{ inner, ground, events, clock, logger },
    checkEpoch: () => checkEpoch(layout.epochFile, session),
  });
}

/** Two directories of one installation on one machine: the later one touches nothing, be it the original or not. */
function refuseTwins({ dataDirectory, session }: CompiledOptions): void {
  const twin = runnerElsewhere(session.installationId, dataDirectory);
  if (!twin) return;
  throw new EngineUnavailable(
    `${dataDirectory} holds the same installation as another directory (${twin.startedIn} when it was started), where a ` +
      `runner (pid ${twin.pid}) works now: one of them is a copy, and would end the jobs of the other. Remove identity.json ` +
      'from the copy to make it an installation of its own, or end that runner and its jobs',
  );
}

/** Jobs must be able to pass through `process/` to their scratch directories; all else is private. */
function makeDirectories(layout: ProcessLayout, warn: (words: string) => void): void {
  const { base } = layout;
  for (const path of [base, layout.tasks, layout.runners, layout.scratch]) makeWayForDirectory(path, warn);
  mkdirSync(base, { recursive: true, mode: 0o711 });
  chmodSync(base, 0o711);
  makePrivateDirectory(layout.tasks);
  makePrivateDirectory(layout.runners);
}
