/** What event selectors call the data events of a service, by the service's name. */
export const dataTypes: Readonly<Record<string, string>> = {
  events: 'AWS::Events::EventBus',
  lambda: 'AWS::Lambda::Function',
  logs: 'AWS::Logs::LogGroup',
  monitoring: 'AWS::CloudWatch::Metric',
  sns: 'AWS::SNS::Topic',
  sqs: 'AWS::SQS::Queue',
  states: 'AWS::StepFunctions::StateMachine',
};

/** The services whose data events are of these types. */
export function dataServices(types: readonly string[]): readonly string[] {
  return Object.entries(dataTypes).flatMap(([service, type]) => (types.includes(type) ? [service] : []));
}
