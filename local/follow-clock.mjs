// Preloaded (`node --import`) into every process of the local cloud: its `Date` keeps the local
// cloud's clock instead of the machine's. Deployed code has no part in it. Timers stay real.
const MachineDate = globalThis.Date;
let reading = { kind: 'running', offsetMs: 0 };

const nowMs = () =>
  reading.kind === 'running' ? MachineDate.now() + reading.offsetMs : reading.atMs;

globalThis.Date = new Proxy(MachineDate, {
  construct: (target, parts, newTarget) =>
    Reflect.construct(target, parts.length === 0 ? [nowMs()] : parts, newTarget),
  apply: () => new MachineDate(nowMs()).toString(),
  get: (target, property) => (property === 'now' ? nowMs : Reflect.get(target, property)),
});

process.on('message', (message) => {
  if (message?.type !== 'set-clock') return;
  reading = message.reading;
  process.send?.({ type: 'clock-set', sequence: message.sequence });
});
process.channel?.unref();
