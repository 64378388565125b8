import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CallError } from '../../api/call-error.ts';
import { serverCalls } from '../../data/server-calls.ts';
import { type Text, useText } from '../../messages/text-context.tsx';
import { useWorker } from '../../session/session-context.tsx';
import type { OrderedWorkload, SimulationOrder } from '../../simulation/order.ts';
import { readHistory, readServer } from '../../simulation/server-order.ts';
import { type SimulationState, useSimulation } from '../../simulation/use-simulation.ts';
import { Failure } from '../../views/failure.tsx';
import { type ChosenWorkload, WorkloadChoice } from './chosen-workload.tsx';
import { type EnvironmentVariant, EnvironmentVariants } from './environment-variants.tsx';
import { SeedField } from './seed-field.tsx';
import { SimulationResult } from './simulation-result.tsx';

/** What the server has, read once: the environments are changed by hand from then on. */
function useServer() {
  const worker = useWorker();
  return useQuery({
    queryKey: ['simulator'],
    queryFn: () => readServer(serverCalls(worker)),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function Page() {
  const text = useText();
  const server = useServer();
  if (server.error) return <Refusal error={server.error} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('simulator.about')}>
        {text('simulator.title')}
      </Header>
      {server.data && <Comparison server={server.data} />}
    </SpaceBetween>
  );
}

function Comparison({ server }: { readonly server: Awaited<ReturnType<typeof readServer>> }) {
  const text = useText();
  const worker = useWorker();
  const { catalogue, region, environment } = server;
  const [workload, setWorkload] = useState<ChosenWorkload>({ kind: 'history' });
  const [environments, setEnvironments] = useState<readonly EnvironmentVariant[]>([
    { number: 0, name: text('simulator.server'), text: environment },
  ]);
  const [seed, setSeed] = useState(1);
  const [refusal, setRefusal] = useState<unknown>();
  const [isReading, setReading] = useState(false);
  const simulation = useSimulation();
  const begin = async () => {
    setRefusal(undefined);
    setReading(true);
    try {
      const jobs = await jobsOf(workload, () => readHistory(serverCalls(worker), text('simulator.workload.server')));
      const order: SimulationOrder = { workload: jobs, environments, catalogue, region, seed };
      simulation.start(order);
    } catch (error) {
      setRefusal(error);
    } finally {
      setReading(false);
    }
  };
  const isReady = workload.kind === 'history' || workload.workload !== undefined;
  return (
    <SpaceBetween size="l">
      <WorkloadChoice value={workload} onChange={setWorkload} />
      <SeedField value={seed} onChange={setSeed} />
      <EnvironmentVariants environments={environments} onChange={setEnvironments} />
      <SpaceBetween size="s" direction="horizontal">
        <Button variant="primary" disabled={!isReady} loading={isReading || simulation.isRunning} onClick={begin}>
          {text('simulator.start')}
        </Button>
        {simulation.isRunning && <Button onClick={simulation.stop}>{text('simulator.stop')}</Button>}
      </SpaceBetween>
      {refusal !== undefined && <Refusal error={refusal} />}
      <Outcome state={simulation.state} text={text} />
    </SpaceBetween>
  );
}

/** A workload of one line, which says its format, has no job. */
async function jobsOf(chosen: ChosenWorkload, history: () => Promise<OrderedWorkload>): Promise<OrderedWorkload> {
  const workload = chosen.kind === 'file' && chosen.workload ? chosen.workload : await history();
  if (chosen.kind === 'history' && !workload.text.includes('\n')) throw new NoHistory();
  return workload;
}

class NoHistory extends Error {}

function Outcome({ state, text }: { readonly state: SimulationState; readonly text: Text }) {
  if (!state) return null;
  if (state.kind === 'report') return <SimulationResult report={state.report} />;
  if (state.kind === 'progress') {
    const { environment, read, ended } = state.progress;
    const label = text('simulator.progress', { environment, ended });
    return <ProgressBar value={Math.floor(read * 100)} label={label} />;
  }
  return (
    <Alert type="error" header={text('simulator.refused')}>
      {state.message}
    </Alert>
  );
}

function Refusal({ error }: { readonly error: unknown }) {
  const text = useText();
  if (error instanceof CallError) return <Failure error={error} />;
  const words = error instanceof NoHistory ? text('simulator.no-history') : String(error);
  return (
    <Alert type="info" header={text('simulator.refused')}>
      {words}
    </Alert>
  );
}
