import { lambda, role, table } from './assembly.ts';

/** A function that does nothing, beside a table. */
export const idleStack = {
  handlers: { idle: { text: 'export const handler = async () => process.pid;' } },
  resources: { Role: role, Idle: lambda('idle'), Table: table },
};
