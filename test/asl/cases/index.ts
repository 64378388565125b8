import type { Case } from '../case.ts';
import { choice } from './choice.ts';
import { dataFlow } from './data-flow.ts';
import { definitionDetails } from './definition-details.ts';
import { definitions } from './definitions.ts';
import { distributedMaps } from './distributed-maps.ts';
import { errorHandling } from './error-handling.ts';
import { fieldEdges } from './field-edges.ts';
import { integrations } from './integrations.ts';
import { intrinsicEdges } from './intrinsic-edges.ts';
import { intrinsics } from './intrinsics.ts';
import { jsonataCases } from './jsonata.ts';
import { jsonataEdges } from './jsonata-edges.ts';
import { machines } from './machines.ts';
import { maps } from './maps.ts';
import { parallel } from './parallel.ts';
import { paths } from './paths.ts';
import { states } from './states.ts';
import { tasks } from './tasks.ts';
import { variables } from './variables.ts';

/** All cases by area. */
export const corpus: Readonly<Record<string, readonly Case[]>> = {
  'Choice states': choice,
  Definitions: definitions,
  'Rules, recovery and languages of definitions': definitionDetails,
  'Distributed Maps': distributedMaps,
  'Integrations and their parameters': integrations,
  'Intrinsic functions': intrinsics,
  'Intrinsic functions at their edges': intrinsicEdges,
  'JSONata and mixed query languages': jsonataCases,
  'JSONata at its edges': jsonataEdges,
  'Fields at their edges': fieldEdges,
  'Inline Maps': maps,
  'Parallel states': parallel,
  'Pass, Wait, Succeed and Fail states': states,
  'Paths and data flow': dataFlow,
  'Paths at their edges': paths,
  'Retry and Catch': errorHandling,
  'Task states': tasks,
  'The state machines of specification 07': machines,
  Variables: variables,
};
