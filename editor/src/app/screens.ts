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

export type ScreenProps = { params: Record<string, string> };

export interface Screen {
  /** `/flows/:id`; the parameters arrive as `params`. */
  path: string;
  title: string;
  component: ComponentType<ScreenProps>;
  permission?: Permission;
  /** Where the screen hangs in the left rail; none: reached from another screen. */
  nav?: { icon: LucideIcon; group: 'work' | 'setup'; count?: 'tasks' | 'exceptions' };
  /** The screen above this one, for the breadcrumb. */
  parent?: string;
  /** Draws its own top bar and fills the page. */
  bare?: boolean;
}

const inbox = lazy(() => import('../screens/inbox/InboxScreen.tsx'));
const exceptions = lazy(() => import('../screens/exceptions/ExceptionsScreen.tsx'));

/** Every screen, in the order of the rail. A screen is its own chunk: `load` names the file. */
export const screens: readonly Screen[] = [
  {
    path: '/',
    title: 'Home',
    nav: { icon: House, group: 'work' },
    component: lazy(() => import('../screens/home/HomeScreen.tsx')),
  },
  {
    path: '/flows',
    title: 'Flows',
    permission: 'flows.read',
    nav: { icon: Workflow, group: 'work' },
    component: lazy(() => import('../screens/FlowsScreen.tsx')),
  },
  {
    path: '/flows/:id',
    title: 'Flow',
    permission: 'flows.read',
    parent: '/flows',
    bare: true,
    component: lazy(() => import('../screens/FlowEditorScreen.tsx')),
  },
  {
    path: '/flows/:id/versions',
    title: 'Versions',
    permission: 'flows.read',
    parent: '/flows',
    bare: true,
    component: lazy(() => import('../screens/FlowEditorScreen.tsx')),
  },
  {
    path: '/runs',
    title: 'Runs',
    permission: 'runs.read',
    nav: { icon: Play, group: 'work' },
    component: lazy(() => import('../screens/runs/RunsScreen.tsx')),
  },
  {
    path: '/runs/held-up',
    title: 'Held up',
    permission: 'runs.read',
    parent: '/runs',
    component: lazy(() => import('../screens/ordering/HeldUpScreen.tsx')),
  },
  {
    path: '/runs/:id',
    title: 'Run',
    permission: 'runs.read',
    parent: '/runs',
    component: lazy(() => import('../screens/run/RunScreen.tsx')),
  },
  {
    path: '/bulk',
    title: 'Bulk actions',
    permission: 'runs.read',
    parent: '/runs',
    component: lazy(() => import('../screens/bulk/BulkScreen.tsx')),
  },
  {
    path: '/bulk/:id',
    title: 'Bulk action',
    permission: 'runs.read',
    parent: '/bulk',
    component: lazy(() => import('../screens/bulk/BulkOperationScreen.tsx')),
  },
  {
    path: '/effects',
    title: 'Effects',
    permission: 'runs.read',
    nav: { icon: BookCheck, group: 'work' },
    component: lazy(() => import('../screens/effects/EffectsScreen.tsx')),
  },
  {
    path: '/files',
    title: 'Files',
    permission: 'files.read',
    nav: { icon: FolderOpen, group: 'work' },
    component: lazy(() => import('../screens/files/FilesScreen.tsx')),
  },
  {
    path: '/inbox',
    title: 'Inbox',
    permission: 'tasks.read',
    nav: { icon: Inbox, group: 'work', count: 'tasks' },
    component: inbox,
  },
  { path: '/inbox/:id', title: 'Task', permission: 'tasks.read', parent: '/inbox', component: inbox },
  {
    path: '/exceptions',
    title: 'Exceptions',
    permission: 'tasks.read',
    nav: { icon: TriangleAlert, group: 'work', count: 'exceptions' },
    component: exceptions,
  },
  {
    path: '/exceptions/:id',
    title: 'Exception',
    permission: 'tasks.read',
    parent: '/exceptions',
    component: exceptions,
  },
  {
    path: '/connections',
    title: 'Connections',
    permission: 'connections.read',
    nav: { icon: Cable, group: 'setup' },
    component: lazy(() => import('../screens/connections/ConnectionsScreen.tsx')),
  },
  {
    path: '/tables',
    title: 'Tables',
    permission: 'tables.read',
    nav: { icon: Table2, group: 'setup' },
    component: lazy(() => import('../screens/tables/TablesScreen.tsx')),
  },
  {
    path: '/tables/:name',
    title: 'Table',
    permission: 'tables.read',
    parent: '/tables',
    component: lazy(() => import('../screens/tables/TableScreen.tsx')),
  },
  {
    path: '/audit',
    title: 'Audit log',
    permission: 'audit.read',
    nav: { icon: ScrollText, group: 'setup' },
    component: lazy(() => import('../screens/audit/AuditScreen.tsx')),
  },
  {
    path: '/settings',
    title: 'Settings',
    nav: { icon: Settings, group: 'setup' },
    component: lazy(() => import('../screens/settings/SettingsScreen.tsx')),
  },
];
