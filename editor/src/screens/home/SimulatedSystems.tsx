import type { ReplyOf, Routes } from '@waybill/api-contract';
import { ExternalLink } from 'lucide-react';
import './simulated-systems.css';

/** The stand-ins of outside systems that come with the demo, each with the pages one may open. */
export function SimulatedSystems({ simulators }: { simulators: ReplyOf<Routes['system']>['simulators'] }) {
  return (
    <section className="sheet sheet--pad stack" aria-labelledby="simulated-systems">
      <div>
        <h2 id="simulated-systems">Simulated systems</h2>
        <p className="muted">
          The demo works with these instead of real accounts. Change something there, and flows react.
        </p>
      </div>
      <ul className="simulated">
        {simulators.map((system) => (
          <li key={system.name}>
            <a href={system.pages[0]?.url ?? system.url} target="_blank" rel="noreferrer">
              <strong>{system.title}</strong>
              <ExternalLink size={13} aria-hidden />
            </a>
            {system.pages.length > 0 && (
              <span className="simulated__pages">
                {system.pages.map((page) => (
                  <a key={page.url} href={page.url} target="_blank" rel="noreferrer">
                    {page.title}
                  </a>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
