import { ExternalLink } from 'lucide-react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { ListState } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { SimulatedSystems } from '../home/SimulatedSystems.tsx';

const READ_AGAIN_MS = 10_000;
const MIB = 1_048_576;

/** What this installation is and what it is doing right now. */
export function AboutPanel() {
  const { workspace } = useMe();
  const may = useMay();
  const system = useApiQuery('system', {}, { refetchInterval: READ_AGAIN_MS });
  return (
    <ListState query={system} isEmpty={() => false} empty={null}>
      {({ version, startedAt, store, activeRuns, stepsUnderWay, runners, simulators }) => (
        <>
          <div className="settings-columns">
            <section className="sheet sheet--pad stack" aria-labelledby="about-installation">
              <h2 id="about-installation">Installation</h2>
              <dl className="fact-list">
                <dt>Workspace</dt>
                <dd>
                  {workspace.name} ({workspace.environment})
                </dd>
                <dt>Version</dt>
                <dd>{version}</dd>
                <dt>Started</dt>
                <dd>
                  <RelativeTime at={startedAt} />
                </dd>
                <dt>Storage</dt>
                <dd>{store}</dd>
                <dt>Interface</dt>
                <dd>
                  <a href="/api/openapi.json" target="_blank" rel="noreferrer">
                    OpenAPI description <ExternalLink size={12} aria-hidden />
                  </a>
                </dd>
              </dl>
            </section>
            <section className="sheet sheet--pad stack" aria-labelledby="about-now">
              <h2 id="about-now">Right now</h2>
              <dl className="fact-list">
                <dt>Runs under way</dt>
                <dd>{activeRuns}</dd>
                <dt>Steps under way</dt>
                <dd>{stepsUnderWay}</dd>
              </dl>
              {runners.length > 0 && (
                <table className="table table--plain">
                  <thead>
                    <tr>
                      <th>Runner</th>
                      <th className="num">Memory</th>
                      <th className="num">Steps</th>
                    </tr>
                  </thead>
                  <tbody>
                    {runners.map((runner) => (
                      <tr key={runner.pid}>
                        <td>Process {runner.pid}</td>
                        <td className="num">{Math.round(runner.rssBytes / MIB)} MiB</td>
                        <td className="num">{runner.steps}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
              {runners.length === 0 && (
                <p className="field__help">
                  {may('system.read')
                    ? 'No runner process is up; one starts with the next step.'
                    : 'Operators also see the runner processes here.'}
                </p>
              )}
            </section>
          </div>
          {simulators.length > 0 && <SimulatedSystems simulators={simulators} />}
        </>
      )}
    </ListState>
  );
}
