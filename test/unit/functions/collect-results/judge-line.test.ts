import { describe, expect, it } from 'vitest';
import { judgeLine } from '../../../../functions/collect-results/judge-line.ts';
import type { ResultLine } from '../../../../shared/twelvelabs/schemas.ts';

const first = { setbacks: 0 };

describe('a line that is ready', () => {
  it('gives its data', () => {
    const data = { data: 'text', finish_reason: 'stop' };
    expect(judgeLine(aLine({ status: 'ready', data }), first)).toEqual({ kind: 'ready', data });
  });

  it('gives an empty answer too: that is what the model said', () => {
    expect(judgeLine(aLine({ status: 'ready', data: { data: '' } }), first).kind).toBe('ready');
  });

  it.each([undefined, null])('without data (%s) stays open, for it is paid', (data) => {
    expect(judgeLine(aLine({ status: 'ready', data }), first)).toEqual({ kind: 'open' });
  });
});

describe('a line that failed', () => {
  it.each([
    ['parameter_invalid', 'failed'],
    ['parameter_not_provided', 'failed'],
    ['video_duration_too_long', 'failed'],
    ['video_file_broken', 'failed'],
    ['resource_not_exist', 'failed'],
    ['asset_unavailable', 'failed'],
    ['token_limit_exceeded', 'failed'],
    ['batch_processing_timeout', 'again'],
    ['too_many_requests', 'again'],
    ['internal_error', 'again'],
    ['not_a_parameter_code', 'again'],
  ])('with %s is %s, in the words of the provider', (code, kind) => {
    const line = aLine({ status: 'failed', error: { code, message: 'its words' } });
    expect(judgeLine(line, first)).toMatchObject({ kind, reason: { code, message: 'its words' } });
  });

  it.each([
    ['without a code', { message: 'its words' }, 'its words'],
    ['with a code of null', { code: null, message: 'its words' }, 'its words'],
    ['without words', { code: null, message: null }, 'the provider gave no reason'],
    ['without an error', undefined, 'the provider gave no reason'],
    ['with an error of null', null, 'the provider gave no reason'],
  ])('%s is worth another try', (_, error, message) => {
    expect(judgeLine(aLine({ status: 'failed', error }), first)).toEqual({
      kind: 'again',
      reason: { code: 'analysis_failed', message },
      counted: { setbacks: 1, notRun: 0 },
    });
  });
});

describe('a line that was canceled', () => {
  it('is tried again, with a reason though the line gives none', () => {
    expect(judgeLine(aLine({ status: 'canceled' }), first)).toEqual({
      kind: 'again',
      reason: {
        code: 'analysis_canceled',
        message: 'its batch was canceled or expired before it began',
      },
      counted: { setbacks: 0, notRun: 1 },
    });
  });

  it('has not failed: it may come back from many batches', () => {
    const line = aLine({ status: 'canceled' });
    expect(judgeLine(line, { setbacks: 2, notRun: 18 })).toMatchObject({ kind: 'again' });
    expect(judgeLine(line, { setbacks: 0, notRun: 19 })).toEqual({
      kind: 'failed',
      reason: {
        code: 'analysis_canceled',
        message: 'its batch was canceled or expired before it began (batch 20 of 20)',
      },
    });
  });

  it('gives the reason of the provider where there is one', () => {
    const error = { code: 'batch_expired', message: 'its words' };
    expect(judgeLine(aLine({ status: 'canceled', error }), first)).toMatchObject({ reason: error });
  });
});

describe('a line that is not final', () => {
  it.each(['queued', 'processing', 'pending', 'canceling', 'a state unheard of', ''])(
    'but %j leaves its analysis open',
    (status) => {
      const data = { data: 'not final' };
      expect(judgeLine(aLine({ status, data }), { setbacks: 9 })).toEqual({ kind: 'open' });
    },
  );
});

describe('another try', () => {
  const line = aLine({ status: 'failed', error: { code: 'internal_error', message: 'oops' } });

  it.each([
    [0, 'again'],
    [1, 'again'],
    [2, 'failed'],
    [3, 'failed'],
  ])('after %d earlier setbacks: %s', (setbacks, kind) => {
    expect(judgeLine(line, { setbacks }).kind).toBe(kind);
  });

  it('that is not granted leaves the last reason, and how often it was tried', () => {
    expect(judgeLine(line, { setbacks: 2 })).toEqual({
      kind: 'failed',
      reason: { code: 'internal_error', message: 'oops (try 3 of 3)' },
    });
  });
});

function aLine(fields: Partial<ResultLine>): ResultLine {
  return { task_id: 'task-1', custom_id: 'custom-1', status: 'ready', ...fields };
}
