import { type Replay, useReplays } from '../../data/event-places.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { Time } from '../../views/time.tsx';

export function ReplayTable() {
  const text = useText();
  const { data, error, isPending } = useReplays();
  return (
    <ListTable<Replay>
      title={text('events.replays')}
      error={error}
      loading={isPending}
      items={data?.Replays}
      keyOf={({ ReplayName }) => ReplayName ?? ''}
      none={text('events.no-replays')}
      columns={[
        { id: 'name', header: text('services.name'), isRowHeader: true, cell: ({ ReplayName }) => ReplayName },
        { id: 'state', header: text('services.state'), cell: ({ State }) => State },
        {
          id: 'from',
          header: text('events.replay.from'),
          cell: ({ EventStartTime }) => <Moment at={EventStartTime} />,
        },
        { id: 'to', header: text('events.replay.to'), cell: ({ EventEndTime }) => <Moment at={EventEndTime} /> },
        {
          id: 'last',
          header: text('events.replay.last'),
          cell: ({ EventLastReplayedTime }) => <Moment at={EventLastReplayedTime} />,
        },
        { id: 'acts', header: text('services.acts'), cell: (replay) => <CancelReplay replay={replay} /> },
      ]}
    />
  );
}

/** `at` in seconds. */
function Moment({ at }: { readonly at: number | undefined }) {
  return <Time at={momentOfSeconds(at)} />;
}

function CancelReplay({ replay: { ReplayName = '', State } }: { readonly replay: Replay }) {
  const text = useText();
  return (
    <AskedAct
      inline
      disabled={State !== 'STARTING' && State !== 'RUNNING'}
      label={text('events.replay.cancel')}
      ariaLabel={text('events.replay.cancel-named', { name: ReplayName })}
      question={text('events.replay.cancel.question', { name: ReplayName })}
      call={{ service: 'events', operation: 'CancelReplay', input: { ReplayName } }}
    />
  );
}
