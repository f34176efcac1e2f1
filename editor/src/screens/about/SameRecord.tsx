import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../data/CopyButton.tsx';
import { AboutLink } from './AboutLink.tsx';
import type { About } from './use-about.ts';

/** Under which ids the other systems know it; nothing where no flow has linked any. */
export function SameRecord({ businessKey, records }: Pick<About, 'records'> & { businessKey: string }) {
  if (records?.error && records.data === undefined)
    return (
      <p className="muted">
        Its ids in other systems could not be read.{' '}
        <Button look="ghost" small onClick={() => void records.refetch()}>
          Try again
        </Button>
      </p>
    );
  const rows = records?.data?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="about-records" aria-labelledby="about-records">
      <h2 id="about-records" className="label-caps">
        The same record in other systems
      </h2>
      <ul className="about-records__rows">
        {rows.map(({ entity, ids }) => (
          <li key={`${entity} ${Object.values(ids).join(' ')}`} className="sheet about-records__row">
            <span className="muted about-records__entity">{entity}</span>
            <dl>
              {Object.entries(ids).map(([system, id]) => (
                <div key={system}>
                  <dt>
                    <code>{system}</code>
                  </dt>
                  <dd className="row">
                    <span className="mono truncate">{id === businessKey ? id : <AboutLink businessKey={id} />}</span>
                    <CopyButton text={id} label={`Copy the id in ${system}`} />
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}
