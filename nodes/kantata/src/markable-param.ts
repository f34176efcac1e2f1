import { param } from '@waybill/node-sdk';

/** The resources of which a row can be created once. */
export const resourceParam = param.choice({
  label: 'Resource',
  options: [
    { value: 'workspaces', label: 'Projects (workspaces)' },
    { value: 'workspace_groups', label: 'Clients (workspace groups)' },
    { value: 'stories', label: 'Tasks (stories)' },
    { value: 'time_entries', label: 'Time entries' },
    { value: 'expenses', label: 'Expenses' },
    { value: 'invoices', label: 'Invoices' },
  ],
  default: 'workspaces',
});
