import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { RequestContext, ServiceDefinition } from '../../core/operation.ts';
import { type RandomSource, uuidV7 } from '../../core/random.ts';
import type { TaskVariables, VariablesRequest } from '../../core/task-variables.ts';
import { rootPrincipal, servicePrincipal } from '../../iam/index.ts';
import type { DueWork, FactConsumer, Ledger } from '../../store/index.ts';
import { bindings } from './bindings.ts';
import type { Functions } from './functions.ts';
import { type CallService, EventQueue, Invoker, JobEvents, JobRunner, UrlRunner } from './invocations/index.ts';
import type { LambdaOperationName } from './operation-names.ts';
import { getFunction, getFunctionConfiguration, listFunctions } from './operations/functions.ts';
import { invoke } from './operations/invoke.ts';
import { addPermission, getPolicy, removePermission } from './operations/permissions.ts';
import type { LambdaRuntime } from './runtime.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

/** Calls an operation of another service, as `OperationRegistry.invoke` does. */
type InvokeOperation = <Output>(
  service: string,
  operation: string,
  input: unknown,
  context: RequestContext,
) => Promise<Output>;

interface LambdaOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly invoke: InvokeOperation;
  /** As the operator has configured them, in every region. */
  readonly functions: Functions;
}

export interface LambdaService {
  readonly definition: ServiceDefinition<LambdaOperationName>;
  /** Hears of jobs: to be given to the log of facts. */
  readonly consumer: FactConsumer;
  /** What a container gets beside `given`: the event that its job is run for. */
  addEvent(given: TaskVariables, request: VariablesRequest): TaskVariables;
}

/** AWS Lambda, whose functions are in the configuration: commands that are run as jobs, and URLs. */
export function createLambda(options: LambdaOptions): LambdaService {
  const { ledger, due, clock, random, logger, functions } = options;
  const call = callService(options);
  const jobEvents = new JobEvents();
  const jobs = new JobRunner({ call, clock, events: jobEvents, reads: ledger.store.reads });
  const invoker = new Invoker(jobs, new UrlRunner(clock));
  const events = new EventQueue({ ledger, due, clock, logger, functions, invoker, call });
  return {
    definition: define({ ledger, clock, random, functions, invoker, events }),
    consumer: jobs.watch,
    addEvent: (given, request) => jobEvents.addTo(given, request),
  };
}

/** The operator has said what runs: nobody else is asked about that. What is sent to queues, their policies decide. */
function callService({ clock, random, invoke: call }: LambdaOptions): CallService {
  return (scope, { service, operation, input, key }) => {
    const { account, region } = scope;
    const now = clock.now();
    const principal = service === 'sqs' ? servicePrincipal(account, 'lambda.amazonaws.com') : rootPrincipal(account);
    return call(service, operation, input, {
      ...{ account, region, now, principal, requestId: uuidV7(now, random) },
      source: { kind: 'service', service: 'lambda.amazonaws.com' },
      signal: new AbortController().signal,
      ...(key === undefined ? {} : { idempotencyKey: key }),
    });
  };
}

function define(runtime: LambdaRuntime): ServiceDefinition<LambdaOperationName> {
  return {
    name: 'lambda',
    apiVersion: '2015-03-31',
    protocol: { kind: 'restJson1', bindings },
    errors: { validation: 'InvalidParameterValueException', internal: 'ServiceException' },
    operations: {
      ...unbuiltOperations,
      AddPermission: addPermission(runtime),
      GetFunction: getFunction(runtime),
      GetFunctionConfiguration: getFunctionConfiguration(runtime),
      GetPolicy: getPolicy(runtime),
      Invoke: invoke(runtime),
      ListFunctions: listFunctions(runtime),
      RemovePermission: removePermission(runtime),
    },
  };
}
