export type { Machine, State, StateType } from './definition/machine.ts';
export { type ParsedDefinition, parseDefinition, refusalOf, validateDefinition } from './definition/parse.ts';
export { type ParsedState, parseState } from './definition/parse-state.ts';
export type { Diagnostic, DiagnosticCode } from './definition/problems.ts';
export type { DefinitionOptions } from './definition/reading.ts';
export { type IntegrationPattern, parseResource, type Resource } from './definition/resource.ts';
export type { TaskDefinition, TaskFault } from './definition/task-definition.ts';
export { type Failure, matchesError, StateError, stateErrors } from './errors.ts';
export type { Ended, Evaluation, EvaluationResult, Evaluator } from './evaluate/evaluation.ts';
export { awaitsRedrive } from './execution/children.ts';
export type { Inspection } from './execution/data.ts';
export type { Effect, ObjectStoreCall, Outcome, SetTimer, StartChild, StartTask } from './execution/effects.ts';
export type {
  ChildFailure,
  EventBody,
  EventStamp,
  ExecutionEvent,
  MapChange,
  TaskRef,
  TimerPurpose,
  TimerRef,
} from './execution/events.ts';
export type { HistoryEvent, HistoryEventType } from './execution/history.ts';
export { outstanding, outstandingOfExecution } from './execution/outstanding.ts';
export type {
  ChildFrame,
  ControlFrame,
  ExecutionHeader,
  ExecutionInfo,
  ExecutionStatus,
  FlowFrame,
  Frame,
  MapFrame,
  MapItem,
  ParallelFrame,
  ResultFrame,
} from './execution/records.ts';
export { rootFrame } from './execution/records.ts';
export { type Step, step, UnexpectedEvent } from './execution/step.ts';
export { verbatim } from './execution/text.ts';
export { BrokenExecution, type StepOptions } from './execution/turn.ts';
export { type Changes, MemoryExecution, type View } from './execution/view.ts';
export type { Json, JsonObject } from './json/json.ts';
export { JsonFault, parseJson } from './json/json-fault.ts';
export { isExpression } from './jsonata/written.ts';
export { limits } from './limits.ts';
export { type ReadItems, type StateTest, type StateTestResult, testState } from './test-state.ts';
