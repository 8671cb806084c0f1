import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { ApiError, noSuchResource } from '../http/api-error.ts';
import { does } from '../http/operation.ts';
import { pageOf, pageQuery, repeated } from '../http/page.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxState } from '../state.ts';
import { itemState } from './batch.ts';
import { type Task, taskBody } from './task-body.ts';

const listQuery = z.object({
  ...pageQuery,
  status: repeated(z.enum(['queued', 'pending', 'processing', 'ready', 'failed', 'canceled'])),
  asset_id: z
    .string()
    .regex(/^[0-9a-fA-F]{24}$/, 'It is not an asset id')
    .toLowerCase()
    .optional(),
  video_url: z.string().optional(),
  analysis_mode: z.enum(['general', 'time_based_metadata']).optional(),
});

interface TaskRoute {
  Params: { taskId: string };
}

/** Serves /analyze/tasks: the items of batches, one by one. */
export function serveTasks(app: FastifyInstance, state: BoxState): void {
  app.get('/analyze/tasks', does('tasks.list'), (request) => listTasks(request.query, state));

  app.get<TaskRoute>('/analyze/tasks/:taskId', does('tasks.retrieve'), (request) =>
    taskBody(findTask(request.params, state), state.clock.nowMs(), state.switches, 'whole'),
  );

  app.post<TaskRoute>('/analyze/tasks/:taskId/cancel', does('tasks.cancel'), (request) =>
    cancelTask(findTask(request.params, state), state),
  );

  app.delete<TaskRoute>('/analyze/tasks/:taskId', does('tasks.delete'), async (request, reply) => {
    deleteTask(findTask(request.params, state), state);
    return reply.code(Number(state.switches.deleteStatus)).send();
  });
}

function findTask({ taskId }: TaskRoute['Params'], state: BoxState): Task {
  const task = state.task(taskId);
  if (!task || task.item.isTaskDeleted) throw noSuchResource('task', taskId);
  return task;
}

function listTasks(query: unknown, state: BoxState): object {
  const wanted = readParameters(listQuery, query);
  const nowMs = state.clock.nowMs();
  const listedUntilMs = nowMs - state.switches.listLagMs;
  const tasks = state
    .batches()
    .filter((batch) => batch.createdAtMs <= listedUntilMs)
    .filter((batch) => batch.analysisMode === (wanted.analysis_mode ?? batch.analysisMode))
    .flatMap((batch) => batch.items.map((item) => ({ batch, item })))
    .filter(({ item }) => !item.isTaskDeleted)
    .filter(({ item }) => item.assetId === (wanted.asset_id ?? item.assetId))
    // No task of a batch has a URL for its video.
    .filter(() => wanted.video_url === undefined)
    .filter(({ batch, item }) =>
      wanted.status ? wanted.status.includes(shownStatus({ batch, item }, nowMs)) : true,
    );
  return pageOf(tasks, wanted, (task) => taskBody(task, nowMs, state.switches, 'short'));
}

function shownStatus({ batch, item }: Task, nowMs: number) {
  return itemState(batch, item, nowMs).status;
}

/** A task of a batch is canceled with its batch, or not at all. */
function cancelTask(task: Task, state: BoxState): object {
  const nowMs = state.clock.nowMs();
  switch (shownStatus(task, nowMs)) {
    case 'canceled':
      return taskBody(task, nowMs, state.switches, 'whole');
    case 'ready':
      throw new ApiError(409, 'task_completed', 'The task is already completed.');
    case 'failed':
      throw new ApiError(409, 'task_failed', 'The task has already failed.');
    default: {
      const message = 'The task belongs to a batch. Cancel the batch instead.';
      throw new ApiError(409, 'task_owned_by_batch', message);
    }
  }
}

/** Hides the task; its batch keeps the item, and runs it if it is queued. */
function deleteTask(task: Task, state: BoxState): void {
  if (shownStatus(task, state.clock.nowMs()) === 'processing') {
    const message = 'The task is being processed.';
    throw new ApiError(409, 'task_cannot_be_deleted', message);
  }
  task.item.isTaskDeleted = true;
}
