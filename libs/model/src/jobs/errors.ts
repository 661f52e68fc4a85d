import { defineError } from '../errors/index.js';

export const JobNotFound = defineError('gemel:job.notfound', 404, (id: string) => ({
  message: `There is no job '${id.slice(0, 100)}', or it is not yours.`,
  description: 'GET /api/2/jobs lists those that you have started. Ended jobs are forgotten after a week.',
}));

export const JobStateWrong = defineError('gemel:job.state', 409, (id: string, state: string, expected: string) => ({
  message: `The job '${id}' is ${state}.`,
  description: `This can be asked of a job only while it is ${expected}.`,
}));

export const JobLineUnexpected = defineError('gemel:job.line.unexpected', 409, (from: number, next: number) => ({
  message: `The upload begins at line ${from}; the next line of the job is ${next}.`,
  description: 'GET the job, and send what begins at its nextLine.',
}));

export const JobBusy = defineError('gemel:job.busy', 409, (id: string) => ({
  message: `Another upload to the job '${id}' has begun meanwhile, or the job was changed.`,
  description: 'GET the job, and go on at its nextLine with one upload at a time.',
}));

export const JobsTooMany = defineError('gemel:job.toomany', 429, (max: number) => ({
  message: `There are ${max} jobs that have not ended, which is the most.`,
  description: 'Wait until some have ended, or cancel them.',
}));

export const JobTooLarge = defineError('gemel:job.toolarge', 413, (what: string, max: number) => ({
  message: `The upload has ${what} of more than ${max} characters.`,
  description: 'Lines before it are kept. Send it as several jobs, or leave the line out.',
}));

export const JobUploadBroken = defineError('gemel:job.upload.broken', 400, (next: number) => ({
  message: 'The upload ended before all of it had come.',
  description: `What came is kept: go on at line ${next} with POST /api/2/jobs/{jobId}/lines?from=${next}.`,
}));
