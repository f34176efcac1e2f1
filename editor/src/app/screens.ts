import type { Permission } from '@waybill/api-contract';
import type { LucideIcon } from 'lucide-react';
import {
  BookCheck,
  Cable,
  FolderOpen,
  House,
  Inbox,
  Play,
  ScrollText,
  Settings,
  Table2,
  TriangleAlert,
  Workflow,
} from 'lucide-react';
import type { ComponentType } from 'react';
import { lazy } from 'react';
import { callAhead } from '../api/client.ts';
import { matchPath } from './route-match.ts';

export type ScreenProps = { params: Record<string, string> };

export interface Screen {
  /** `/flows/:id`; the parameters arrive as `params`. */
  path: string;
  title: string;
  component: ComponentType<ScreenProps>;
  /** Begins to load the screen's file. */
  load: () => Promise<unknown>;
  /** Begins the calls a screen is empty without. */
  readAhead?: (params: Record<string, string>) => void;
  permission?: Permission;
  /** Where the screen hangs in the left rail; none: reached from another screen. */
  nav?: { icon: LucideIcon; group: 'work' | 'setup'; count?: 'tasks' | 'exceptions' };
  /** The screen above this one, for the breadcrumb. */
  parent?: string;
  /** Draws its own top bar and fills the page. */
  bare?: boolean;
}

/** A screen in a file of its own. */
const chunk = (load: () => Promise<{ default: ComponentType<ScreenProps> }>) => ({ component: lazy(load), load });

const inbox = chunk(() => import('../screens/inbox/InboxScreen.tsx'));
const exceptions = chunk(() => import('../screens/exceptions/ExceptionsScreen.tsx'));

/** Every screen, in the order of the rail. A screen is its own chunk. */
export const screens: readonly Screen[] = [
  {
    path: '/',
    title: 'Home',
    nav: { icon: House, group: 'work' },
    ...chunk(() => import('../screens/home/HomeScreen.tsx')),
  },
  {
    path: '/flows',
    title: 'Flows',
    permission: 'flows.read',
    nav: { icon: Workflow, group: 'work' },
    ...chunk(() => import('../screens/FlowsScreen.tsx')),
  },
  {
    path: '/flows/:id',
    title: 'Flow',
    permission: 'flows.read',
    parent: '/flows',
    bare: true,
    ...chunk(() => import('../screens/FlowEditorScreen.tsx')),
    readAhead: ({ id = '' }) => {
      callAhead('catalog', {});
      callAhead('getFlow', { params: { flowId: id as never } });
    },
  },
  {
    path: '/flows/:id/versions',
    title: 'Versions',
    permission: 'flows.read',
    parent: '/flows',
    bare: true,
    ...chunk(() => import('../screens/FlowEditorScreen.tsx')),
  },
  {
    path: '/runs',
    title: 'Runs',
    permission: 'runs.read',
    nav: { icon: Play, group: 'work' },
    ...chunk(() => import('../screens/runs/RunsScreen.tsx')),
  },
  {
    path: '/runs/held-up',
    title: 'Held up',
    permission: 'runs.read',
    parent: '/runs',
    ...chunk(() => import('../screens/ordering/HeldUpScreen.tsx')),
  },
  {
    path: '/runs/:id',
    title: 'Run',
    permission: 'runs.read',
    parent: '/runs',
    ...chunk(() => import('../screens/run/RunScreen.tsx')),
    readAhead: ({ id = '' }) => {
      callAhead('catalog', {});
      callAhead('getRun', { params: { runId: id } });
    },
  },
  {
    path: '/bulk',
    title: 'Bulk actions',
    permission: 'runs.read',
    parent: '/runs',
    ...chunk(() => import('../screens/bulk/BulkScreen.tsx')),
  },
  {
    path: '/bulk/:id',
    title: 'Bulk action',
    permission: 'runs.read',
    parent: '/bulk',
    ...chunk(() => import('../screens/bulk/BulkOperationScreen.tsx')),
  },
  {
    path: '/effects',
    title: 'Effects',
    permission: 'runs.read',
    nav: { icon: BookCheck, group: 'work' },
    ...chunk(() => import('../screens/effects/EffectsScreen.tsx')),
  },
  {
    path: '/about/:key',
    title: 'About',
    parent: '/runs',
    ...chunk(() => import('../screens/about/AboutScreen.tsx')),
  },
  {
    path: '/files',
    title: 'Files',
    permission: 'files.read',
    nav: { icon: FolderOpen, group: 'work' },
    ...chunk(() => import('../screens/files/FilesScreen.tsx')),
  },
  {
    path: '/inbox',
    title: 'Inbox',
    permission: 'tasks.read',
    nav: { icon: Inbox, group: 'work', count: 'tasks' },
    ...inbox,
  },
  { path: '/inbox/:id', title: 'Task', permission: 'tasks.read', parent: '/inbox', ...inbox },
  {
    path: '/exceptions',
    title: 'Exceptions',
    permission: 'tasks.read',
    nav: { icon: TriangleAlert, group: 'work', count: 'exceptions' },
    ...exceptions,
  },
  {
    path: '/exceptions/:id',
    title: 'Exception',
    permission: 'tasks.read',
    parent: '/exceptions',
    ...exceptions,
  },
  {
    path: '/connections',
    title: 'Connections',
    permission: 'connections.read',
    nav: { icon: Cable, group: 'setup' },
    ...chunk(() => import('../screens/connections/ConnectionsScreen.tsx')),
  },
  {
    path: '/tables',
    title: 'Tables',
    permission: 'tables.read',
    nav: { icon: Table2, group: 'setup' },
    ...chunk(() => import('../screens/tables/TablesScreen.tsx')),
  },
  {
    path: '/tables/:name',
    title: 'Table',
    permission: 'tables.read',
    parent: '/tables',
    ...chunk(() => import('../screens/tables/TableScreen.tsx')),
  },
  {
    path: '/audit',
    title: 'Audit log',
    permission: 'audit.read',
    nav: { icon: ScrollText, group: 'setup' },
    ...chunk(() => import('../screens/audit/AuditScreen.tsx')),
  },
  {
    path: '/settings',
    title: 'Settings',
    nav: { icon: Settings, group: 'setup' },
    ...chunk(() => import('../screens/settings/SettingsScreen.tsx')),
  },
];

/** The screen of a path and what the path says to it. Pure. */
export function screenAt(path: string): { screen: Screen; params: Record<string, string> } | null {
  for (const screen of screens) {
    const params = matchPath(screen.path, path);
    if (params) return { screen, params };
  }
  return null;
}
