import { goElsewhere } from '../evaluate/elsewhere.ts';
import type { Evaluator } from '../evaluate/evaluation.ts';
import { Meter } from '../evaluate/meter.ts';
import type { StateScope, VariableLookup } from '../evaluate/scope.ts';
import type { Json, JsonObject } from '../json/json.ts';
import { SeededRandom } from '../json/seeded-random.ts';
import { bounds } from '../limits.ts';
import {
  type ExecutionHeader,
  type ExecutionInfo,
  type FlowFrame,
  type Frame,
  itemsId,
  type MapItem,
} from './records.ts';

/** What expressions are evaluated within: a step under way, or an execution at rest. */
export interface Surroundings {
  readonly info: ExecutionInfo;
  readonly header: ExecutionHeader;
  readonly evaluator: Evaluator;
  /** Answers a promise when others are to go first. */
  readonly pause: (() => Promise<void> | undefined) | undefined;
  /** Stands in for members of the context object, when a single state is tested. */
  readonly givenContext?: JsonObject | undefined;
  frame(id: string): Frame | undefined;
}

/** What one evaluation adds to its flow. */
export interface Occasion {
  readonly at: number;
  /** Text that all randomness of this evaluation is drawn from. */
  readonly seed: string;
  /** `$` of JSONPath. Default: the state's input. */
  readonly data?: Json;
  readonly result?: Json;
  readonly errorOutput?: Json;
  readonly taskToken?: string;
  /** For ItemSelector: the item that is about to be processed. */
  readonly mapItem?: MapItem;
}

/** The scope of an evaluation in the current state of a flow. */
export function scopeOf(around: Surroundings, flow: FlowFrame, occasion: Occasion): StateScope {
  let context: JsonObject | undefined;
  const { result, errorOutput } = occasion;
  return {
    data: occasion.data ?? flow.input,
    states: {
      input: flow.input,
      ...(result === undefined ? {} : { result }),
      ...(errorOutput === undefined ? {} : { errorOutput }),
    },
    context: () => {
      context ??= contextObject(around, flow, occasion);
      return context;
    },
    variables: variablesOf(around, flow),
    random: new SeededRandom(occasion.seed),
    now: occasion.at,
    meter: new Meter(bounds.hereWork, goElsewhere),
    evaluator: around.evaluator,
  };
}

/** The flow whose Parallel or Map state this one runs in. */
export function outerFlow(around: Pick<Surroundings, 'frame'>, flow: FlowFrame): FlowFrame | undefined {
  const control = flow.parent === undefined ? undefined : around.frame(flow.parent);
  if (control?.kind !== 'parallel' && control?.kind !== 'map') return undefined;
  const outer = around.frame(control.parent);
  return outer?.kind === 'flow' ? outer : undefined;
}

function variablesOf(around: Surroundings, flow: FlowFrame): VariableLookup {
  return {
    get(name) {
      for (let each: FlowFrame | undefined = flow; each; each = outerFlow(around, each)) {
        if (Object.hasOwn(each.variables, name)) return each.variables[name];
      }
      return undefined;
    },
    all() {
      const outer = outerFlow(around, flow);
      return outer ? { ...variablesOf(around, outer).all(), ...flow.variables } : flow.variables;
    },
  };
}

/** The context object (developer guide, "Accessing execution data from the Context object"). */
function contextObject(around: Surroundings, flow: FlowFrame, occasion: Occasion): JsonObject {
  const { info, header } = around;
  const item = occasion.mapItem ?? mapItemOf(around, flow);
  return {
    Execution: {
      Id: info.id,
      Input: info.input,
      Name: info.name,
      RoleArn: info.roleArn,
      StartTime: iso(header.startedAt),
      ...(info.isRedrivable === false ? {} : { RedriveCount: header.redriveCount }),
      ...(header.redrivenAt === undefined ? {} : { RedriveTime: iso(header.redrivenAt) }),
    },
    State: { EnteredTime: iso(flow.enteredAt), Name: flow.state, RetryCount: retryCount(flow) },
    StateMachine: { Id: info.stateMachineId, Name: info.stateMachineName },
    ...(item ? { Map: { Item: mapItemContext(item) } } : {}),
    ...(occasion.taskToken === undefined ? {} : { Task: { Token: occasion.taskToken } }),
    ...around.givenContext,
  };
}

function mapItemContext(item: MapItem): JsonObject {
  return { Index: item.index, Value: item.value, ...(item.key === undefined ? {} : { Key: item.key }) };
}

function retryCount(flow: FlowFrame): number {
  return flow.retries.reduce((sum, count) => sum + count, 0);
}

/** The item of the innermost Map that the flow runs in. */
function mapItemOf(around: Surroundings, flow: FlowFrame): MapItem | undefined {
  for (let each: FlowFrame | undefined = flow; each; each = outerFlow(around, each)) {
    const control = each.parent === undefined ? undefined : around.frame(each.parent);
    if (control?.kind === 'map') return itemAt(around, control.id, each.index);
  }
  return around.info.mapItem;
}

/** An item of a Map with its index. */
export function itemAt(around: Pick<Surroundings, 'frame'>, control: string, index: number): MapItem | undefined {
  const frame = around.frame(itemsId(control));
  if (frame?.kind !== 'items') return undefined;
  const key = frame.keys?.[index];
  const value = frame.items[index] ?? null;
  return key === undefined ? { index, value } : { index, value, key };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
