import Autosuggest, { type AutosuggestProps } from '@cloudscape-design/components/autosuggest';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useDefinitionNames } from '../data/definition-names.ts';
import { useQueueNames } from '../data/queue-names.ts';
import { useText } from '../messages/text-context.tsx';
import { pages } from '../pages/page-route.ts';
import { type Place, placesFor } from './found.ts';

/** Leads to a job by its id, and to queues, definitions and pages by their names. Nothing is asked before somebody types. */
export function SearchBox() {
  const text = useText();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const known = useKnownPlaces(typed !== '');
  const found = placesFor(typed, known, text('search.job'));
  const go = (path: string) => {
    setTyped('');
    void navigate(path);
  };
  return (
    <Autosuggest
      value={typed}
      onChange={({ detail }) => setTyped(detail.value)}
      onSelect={({ detail }) => {
        const path = found.find((place) => place.path === detail.value)?.path ?? found[0]?.path;
        if (path !== undefined) go(path);
      }}
      options={groupsOf(found)}
      filteringType="manual"
      enteredTextLabel={(value) => text('search.first', { value })}
      placeholder={text('search.placeholder')}
      ariaLabel={text('search.title')}
      empty={text('search.nothing')}
    />
  );
}

function groupsOf(found: readonly Place[]): AutosuggestProps.Options {
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  return kinds.map((kind) => ({
    label: kind,
    options: found.filter((place) => place.kind === kind).map(({ path, name }) => ({ value: path, label: name })),
  }));
}

function useKnownPlaces(enabled: boolean): readonly Place[] {
  const text = useText();
  const queues = useQueueNames(enabled);
  const definitions = useDefinitionNames(enabled);
  const named = (base: string, kind: string) => (name: string) => ({
    path: `${base}/${encodeURIComponent(name)}`,
    name,
    kind,
  });
  return [
    ...pages
      .filter(({ route }) => route.navigation)
      .map(({ route }) => ({ path: route.path, name: text(route.title), kind: text('search.pages') })),
    ...queues.map(named('/queues', text('search.queues'))),
    ...definitions.map(named('/definitions', text('search.definitions'))),
  ];
}
