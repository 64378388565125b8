import type { Placement } from '../core/job.ts';
import type { TaskEvent } from './leaf-event.ts';

/** A placement with what its engine said of it when the task began to run. */
export function startedPlacement(placement: Placement, event: Extract<TaskEvent, { kind: 'started' }>): Placement {
  const { notes = [], images = {} } = event;
  const containers = placement.containers.map((container) => {
    const image = images[container.name];
    return image ? { ...container, image } : container;
  });
  return { ...placement, containers, ...(notes.length > 0 ? { notes } : {}) };
}
