import type { BoxLimits, BoxSettings, BoxTiming } from './settings.ts';
import type { BoxSwitches } from './switches.ts';

/** What can be changed about a box: what is left out stays as it is. */
export interface BoxChanges {
  readonly timing?: Partial<BoxTiming> | undefined;
  readonly limits?: Partial<BoxLimits> | undefined;
  readonly switches?: Partial<BoxSwitches> | undefined;
}

/** The settings with the changes in them, still to be checked by `boxSettings`. */
export function withChanges(settings: BoxSettings, changes: BoxChanges): BoxSettings {
  return {
    timing: { ...settings.timing, ...changes.timing },
    limits: { ...settings.limits, ...changes.limits },
    switches: { ...settings.switches, ...changes.switches },
  };
}
