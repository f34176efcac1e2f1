import type { NodeManifest } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import { Search, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { IconButton } from '../../ui/Button.tsx';
import { NodeIcon } from '../canvas/NodeIcon.tsx';
import { fitsPlace, insertNode } from '../graph/insert.ts';
import { newestManifests, titleOf } from '../graph/ports.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import type { InsertPlace } from '../state/panels-slice.ts';
import { PANEL_DRAG_TYPE } from './drag-type.ts';
import { groupByApp, searchCatalog } from './search-catalog.ts';
import './panel.css';

/** Picks the next step: by typing, by browsing, or by dragging onto the canvas. */
export function NodePanel() {
  const place = useEditor((state) => state.nodePanel);
  return place ? <OpenPanel key={JSON.stringify(place)} place={place} /> : null;
}

function OpenPanel({ place }: { place: InsertPlace }) {
  const store = useEditorStore();
  const catalog = useEditor((state) => state.catalog);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);

  const fitting = useMemo(() => {
    const { flow } = store.getState();
    const hasTrigger = Object.values(flow.nodes).some(
      (node) => catalog.get(manifestKey(node.type, node.version))?.kind === 'trigger',
    );
    const fits = newestManifests(catalog).filter((manifest) => fitsPlace(flow, catalog, manifest, place));
    // An empty flow needs its trigger first.
    return Object.keys(flow.nodes).length === 0 && !hasTrigger
      ? fits.toSorted((a, b) => Number(b.kind === 'trigger') - Number(a.kind === 'trigger'))
      : fits;
  }, [catalog, place, store]);
  const groups = useMemo(() => groupByApp(searchCatalog(fitting, typed), typed !== ''), [fitting, typed]);
  const flat = useMemo(() => groups.flatMap((group) => group.manifests), [groups]);
  const chosen = Math.min(at, flat.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  const close = () => store.getState().show({ nodePanel: null });
  const insert = (manifest: NodeManifest | undefined) => {
    if (!manifest) return;
    const state = store.getState();
    const { id, operation } = insertNode(state.flow, state.catalog, manifest, place);
    state.apply(operation, { label: `Add ${manifest.title}` });
    state.select([id]);
    state.show({ nodePanel: null, inspectorTab: 'params' });
  };
  const toGroup = (step: 1 | -1) => {
    const starts = groups.map((group) => flat.indexOf(group.manifests[0] as NodeManifest));
    const next = step === 1 ? starts.find((start) => start > chosen) : starts.findLast((start) => start < chosen);
    setAt(next ?? chosen);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, flat.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0));
    else if (event.key === 'PageDown' || (event.key === 'ArrowRight' && typed === '')) toGroup(1);
    else if (event.key === 'PageUp' || (event.key === 'ArrowLeft' && typed === '')) toGroup(-1);
    else if (event.key === 'Enter') insert(flat[chosen]);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { flow } = store.getState();
  const from = place.from ?? (place.edge ? flow.edges[place.edge]?.from : undefined);
  const about = place.edge
    ? 'Goes into the middle of the edge'
    : from
      ? `Follows “${titleOf(flow, catalog, from.node)}”`
      : place.parent
        ? `Goes into “${titleOf(flow, catalog, place.parent)}”`
        : 'Enter inserts; or drag it onto the canvas';

  return (
    <section className="panel" aria-label="Add a step">
      <header className="panel__head">
        <div>
          <h2>Add a step</h2>
          <p className="muted">{about}</p>
        </div>
        <IconButton label="Close" shortcut="Esc" icon={X} small onClick={close} />
      </header>
      <label className="search panel__search">
        <span className="sr-only">Search steps</span>
        <Search size={15} aria-hidden />
        <input
          // biome-ignore lint/a11y/noAutofocus: the panel was opened to be typed into
          autoFocus
          className="input"
          role="combobox"
          aria-expanded="true"
          aria-controls="panel-results"
          aria-activedescendant={flat[chosen] ? `panel-${chosen}` : undefined}
          placeholder="Name, app or what it does"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div className="panel__list" id="panel-results" role="listbox" aria-label="Steps" ref={list}>
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options has no element of its own
          <div key={group.app} role="group" aria-label={group.app}>
            <div className="label-caps panel__app" role="presentation">
              {group.app}
            </div>
            {group.manifests.map((manifest) => {
              const index = flat.indexOf(manifest);
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the search field holds the focus and handles the keys
                <div
                  key={manifest.type}
                  id={`panel-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === chosen}
                  className="panel__item"
                  draggable
                  onDragStart={(event) => {
                    event.dataTransfer.setData(PANEL_DRAG_TYPE, manifestKey(manifest.type, manifest.version));
                    event.dataTransfer.effectAllowed = 'copy';
                  }}
                  onMouseMove={() => index !== chosen && setAt(index)}
                  onClick={() => insert(manifest)}
                >
                  <NodeIcon manifest={manifest} size={28} />
                  <div>
                    <strong>{manifest.title}</strong>
                    <p>{manifest.description}</p>
                  </div>
                </div>
              );
            })}
          </div>
        ))}
        {flat.length === 0 && (
          <p className="panel__none">
            {typed ? `No step fits “${typed}” here.` : 'No step can take the data of this output.'}
          </p>
        )}
      </div>
    </section>
  );
}
