import { useState } from 'preact/hooks';
import { get, type Registry } from '../api.js';
import { KEYS } from './filter.js';

interface FilterBoxProps {
  readonly query: string;
  readonly onChange: (query: string) => void;
}

/** A line of words and `key:value`, which suggests the keys and what is connected here. */
export function FilterBox({ query, onChange }: FilterBoxProps) {
  const [names, setNames] = useState<readonly string[]>([]);
  const learn = async (): Promise<void> => {
    const { signals } = await get<Registry>('registry');
    setNames(signals.flatMap(namesOf));
  };
  // A suggestion takes the place of the whole line: what stands there already comes first.
  const before = query.slice(0, query.lastIndexOf(' ') + 1);
  return (
    <>
      <label class="hidden-label" for="filter">
        Filter
      </label>
      <input
        id="filter"
        type="search"
        value={query}
        placeholder="Filter   /"
        list="filter-suggestions"
        autocomplete="off"
        spellcheck={false}
        onFocus={() => void learn().catch(() => {})}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <datalist id="filter-suggestions">
        {KEYS.map(([key, meaning]) => (
          <option key={key} value={before + key}>
            {meaning}
          </option>
        ))}
        {names.map((name) => (
          <option key={name} value={before + name} />
        ))}
      </datalist>
    </>
  );
}

function namesOf({ name, receivers }: Registry['signals'][number]): readonly string[] {
  if (name === '*') return [];
  return [`signal:${name}`, ...receivers.map(({ dispatchUid }) => `receiver:${dispatchUid}`)];
}
