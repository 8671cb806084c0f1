import { configureGlobal } from 'fast-check';

/** Properties are tried on the same cases each time; `SEED=… npm test` tries others. */
configureGlobal({ seed: Number(process.env['SEED'] ?? 20_261_121) });
